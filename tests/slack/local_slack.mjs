// Starts local-slack, a Slack workspace that others wrote, and does in it what people do in Slack.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { WebSocket } from 'ws';

const PATIENCE_MS = 20_000;
const HERE = path.dirname(fileURLToPath(import.meta.url));
const PROGRAM = path.join(HERE, 'node_modules/local-slack-linux-x64/bin/local-slack');

export const SECRET = 'the-signing-secret-of-the-tests';
export const TOKEN = 'xoxb-of-the-tests';
export const ALICE = 'U01ALICE';
export const BOB = 'U02BOB';
export const GENERAL = 'C01GEN';
export const PARTNERS = 'C02PRT';
const BOT = 'U0BOT';

const world = (requestUrl) => ({
  workspace: { name: 'Northwind', domain: 'northwind', teamId: 'T01NORTH' },
  app: { botUserId: BOT, botName: 'attache', botToken: TOKEN, signingSecret: SECRET, mode: 'events', requestUrl },
  users: [
    { id: ALICE, name: 'alice', real_name: 'Alice Anderson', tz: 'Europe/Berlin' },
    { id: BOB, name: 'bob', real_name: 'Bob Brown', tz: 'America/New_York' },
  ],
  channels: [
    { id: GENERAL, name: 'general', members: [ALICE, BOB, BOT] },
    { id: PARTNERS, name: 'partners', members: [ALICE, BOB, BOT] },
  ],
});

// Requests of the workspace go to `requestUrl`, signed with SECRET.
export async function openWorkspace(requestUrl) {
  const server = await start(world(requestUrl));
  let forms = [];
  const ui = new WebSocket(`${server.url}/ui`);
  ui.on('message', (data) => {
    const news = JSON.parse(data);
    if (news.t === 'view') forms = news.stack;
  });
  await once(ui, 'open').catch(async (error) => {
    await server.stop();
    throw error;
  });

  // Looked at again whenever the workspace tells its web pages that something is new.
  async function until(what, check) {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const news = once(ui, 'message', { signal: patience }).then(
        () => true,
        () => false,
      );
      const found = await check();
      if (found) return found;
      if (!(await news)) throw new Error(`not seen: ${what}; in the workspace:\n${await everything()}`);
    }
  }

  const control = async (name, body) => {
    const headers = { 'content-type': 'application/json' };
    const asked = body && { method: 'POST', headers, body: JSON.stringify(body) };
    const reply = await fetch(`${server.url}/_control/${name}`, asked);
    assert.equal(reply.status, 200, name);
    return reply.json();
  };
  const messages = async (channel) => (await control(`messages/${channel}`)).messages;
  const everything = async () =>
    [...(await messages(GENERAL)), ...(await messages(PARTNERS))].map((m) => `${m.ts} ${words(m)}`).join('\n');

  return {
    api: `${server.url}/api`,
    until,
    messages,
    log: async () => (await control('log')).log,
    // The latest message that `fits`.
    message: (what, fits, channel = GENERAL) => until(what, async () => (await messages(channel)).findLast(fits)),
    command: (user, text) => control('command', { channel: GENERAL, user, command: '/strategy', text }),
    say: (user, text, thread) => control('message', { channel: GENERAL, user, text, thread_ts: thread }),
    // What a page shows stays pressable on it, whatever became of the message since.
    press(user, message, label) {
      const { block_id, element } = button(message, label);
      const { type, action_id, value, text } = element;
      const action = { type, action_id, block_id, value, text };
      return control('interact', { channel: message.channel, messageTs: message.ts, user, action });
    },
    form: (title) => until(`a form called ${title}`, () => forms.find((form) => form.title.text === title)),
    // Types into the only box of the form on top.
    async submit(user, value) {
      const [{ block_id, element }] = forms.at(-1).blocks.filter((block) => block.type === 'input');
      const values = { [block_id]: { [element.action_id]: { type: element.type, value } } };
      ui.send(JSON.stringify({ t: 'view_submit', user, values }));
      await until('the form closed', () => forms.length === 0);
    },
    async download(file) {
      const reply = await fetch(file.url_private_download, { headers: { authorization: `Bearer ${TOKEN}` } });
      assert.equal(reply.status, 200, file.name);
      return Buffer.from(await reply.arrayBuffer());
    },
    async stop() {
      ui.terminate();
      await server.stop();
    },
  };
}

// All that a person can read in a message, in its order; the plain `text` is for notifications.
export function words(message) {
  const found = [];
  const walk = (value) => {
    if (typeof value?.text === 'string') found.push(value.text);
    for (const inner of Object.values(value ?? {})) if (typeof inner === 'object') walk(inner);
  };
  walk(message.blocks);
  return found.length ? found.join(' ') : message.text;
}

export const buttons = (message) => pressable(message).map(({ element }) => element.text.text);

function button(message, label) {
  const found = pressable(message).find(({ element }) => element.text.text === label);
  assert.ok(found, `no button ${label} among ${buttons(message)}`);
  return found;
}

function pressable(message) {
  const rows = (message.blocks ?? []).filter((block) => block.type === 'actions');
  return rows.flatMap(({ block_id, elements }) => elements.map((element) => ({ block_id, element })));
}

// Gives { url, stop() } once local-slack listens, on a port that was free, in a folder of its own.
async function start(config) {
  const folder = await mkdtemp(path.join(tmpdir(), 'attache-slack-'));
  const shim = path.join(folder, 'loopback.so');
  const settings = path.join(folder, 'workspace.json');
  let child;
  let ended;

  async function stop() {
    child?.kill('SIGKILL'); // it keeps nothing
    await ended;
    await rm(folder, { recursive: true, force: true });
  }

  try {
    await promisify(execFile)('cc', ['-shared', '-fPIC', '-o', shim, path.join(HERE, 'loopback.c'), '-ldl']);
    await writeFile(settings, JSON.stringify(config));
    const where = ['--port', '0', '--base-host', '127.0.0.1', '--files-dir', path.join(folder, 'files')];
    child = spawn(PROGRAM, ['--config', settings, ...where], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LD_PRELOAD: shim },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    ended = once(child, 'close').catch(() => {});
    const url = await address(child);
    await refuseStrangers(new URL(url).port);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function address(child) {
  let said = '';
  let late;
  const told = new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`local-slack ${why}; it said:\n${said}`));
    const hear = (text) => {
      said += text;
      const found = /Web API base: +(http:\S+)\/api\//.exec(said);
      if (found) resolve(found[1]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', (error) => fail(`does not start: ${error.message}`));
    child.once('exit', () => fail('ended'));
    late = setTimeout(fail, PATIENCE_MS, 'does not say where it listens');
  });
  return told.finally(() => clearTimeout(late));
}

// A socket on every interface would answer at this address too.
async function refuseStrangers(port) {
  const socket = connect(Number(port), '127.0.0.2');
  const answered = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  assert.ok(!answered, 'local-slack listens on more than 127.0.0.1');
}
