// Starts the server that scripts/test built, on a free port and a database of its own.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const PATIENCE_MS = 20_000;

// Gives { url, log(), stop() } once the server can work. `settings` are variables; `first` are
// commands to run before, such as `sample`.
export async function serve(settings = {}, first = []) {
  const program = binary();
  const folder = await mkdtemp(path.join(tmpdir(), 'attache-test-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env.PATH, ATTACHE_LISTEN: `127.0.0.1:${port}`, ATTACHE_PER_PERSON: '0', ...settings };
  try {
    for (const command of first) await promisify(execFile)(program, [command], { cwd: folder, env });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const child = spawn(program, ['serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const server = { url, folder, log: () => said, stop };

  async function stop() {
    if (child.exitCode === null) child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(late);
    await rm(folder, { recursive: true, force: true });
  }

  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the server did not get ready; it said:\n${said}`);
    }
    await pause(50);
  }
  return server;
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

function binary() {
  const built = process.env.ATTACHE_BIN;
  if (!built) throw new Error('ATTACHE_BIN is not set: run scripts/test');
  return built;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
