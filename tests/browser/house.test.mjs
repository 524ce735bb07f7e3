// The server as a browser meets it first.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from './visit.mjs';

const house = open();

test('the probes answer', async () => {
  assert.equal(await (await fetch(`${house.url}/healthz`)).text(), 'ok\n');
  const ready = await (await fetch(`${house.url}/readyz`)).json();
  assert.deepEqual(ready, { database: 'ok', queue: 'ok', writes: 'ok' });
  assert.match(await (await fetch(`${house.url}/metrics`)).text(), /^attache_requests_total\{/m);
});

test('a first visit loads without an error', async () => {
  const page = await house.browser.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  const answer = await page.goto(house.url);
  assert.equal(answer.status(), 200, house.log());
  assert.match(await page.title(), /Attaché/);
  assert.deepEqual(faults, []);
  await page.close();
});

test('nothing is fetched from anywhere else', async () => {
  const page = await house.browser.newPage();
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.goto(house.url);
  assert.deepEqual([...new Set(asked)], [house.url]);
  await page.close();
});
