// The server as a browser meets it first.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { serve } from '../attache.mjs';
import { launch } from './chromium.mjs';

let server;
let browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the probes answer', async () => {
  assert.equal(await (await fetch(`${server.url}/healthz`)).text(), 'ok\n');
  const ready = await (await fetch(`${server.url}/readyz`)).json();
  assert.deepEqual(ready, { database: 'ok', queue: 'ok', writes: 'ok' });
  assert.match(await (await fetch(`${server.url}/metrics`)).text(), /^attache_requests_total\{/m);
});

test('a first visit loads without an error', async () => {
  const page = await browser.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  const answer = await page.goto(server.url);
  assert.equal(answer.status(), 200, server.log());
  assert.match(await page.title(), /Attaché/);
  assert.deepEqual(faults, []);
  await page.close();
});

test('nothing is fetched from anywhere else', async () => {
  const page = await browser.newPage();
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.goto(server.url);
  assert.deepEqual([...new Set(asked)], [server.url]);
  await page.close();
});
