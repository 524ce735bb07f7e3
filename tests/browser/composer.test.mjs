// What is typed is never lost: not on a slow server, not on a broken one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { arrive, field, open, said, say } from './visit.mjs';

const house = open({}, ['sample']);

const sends = (request) => request.method() === 'POST';

// Each send takes its time; `verdict` may answer in the server's place.
async function slowly(page, verdict = (route) => route.continue()) {
  await page.route('**/channels/**', async (route) => {
    if (!sends(route.request())) return route.continue();
    await pause(1_200);
    await verdict(route);
  });
}

test('on a slow server three messages go out in order and none is eaten', async () => {
  const page = await arrive(house, 'Ana');
  await slowly(page);
  await say(page, 'the first of three');
  assert.equal(await field(page).inputValue(), '');
  await say(page, 'the second of three');
  await field(page).fill('half of the thi');
  const waiting = page.locator('#outbox').getByText('Sending …');
  await waiting.first().waitFor();
  await said(page, 'the second of three').waitFor();
  assert.equal(await field(page).inputValue(), 'half of the thi');
  await field(page).press('Enter');
  await said(page, 'half of the thi').waitFor();
  await page.locator('#outbox li').first().waitFor({ state: 'detached' });
  const order = (await page.locator('#messages .words').allTextContents()).slice(-3);
  assert.deepEqual(order, ['the first of three', 'the second of three', 'half of the thi']);
  await page.context().close();
});

test('what a broken line did not take comes back, and is heard once when sent again', async () => {
  const page = await arrive(house, 'Ana');
  let broken = true;
  const keys = [];
  await slowly(page, (route) => {
    keys.push(new URLSearchParams(route.request().postData()).get('key'));
    return broken ? route.abort() : route.continue();
  });
  await say(page, 'over the broken line');
  await page.getByRole('alert').getByText('What you wrote is kept').waitFor();
  assert.equal(await field(page).inputValue(), 'over the broken line');

  await field(page).press('Enter');
  await say(page, 'and one behind it');
  await field(page).fill('still typing');
  await page.getByRole('button', { name: 'Send again' }).nth(1).waitFor();
  assert.equal(await field(page).inputValue(), 'still typing');
  broken = false;
  await page.getByRole('button', { name: 'Send again' }).first().click();
  await said(page, 'over the broken line').waitFor();
  await page.getByRole('button', { name: 'Send again' }).click();
  await said(page, 'and one behind it').waitFor();
  assert.equal(await page.locator('#outbox li').count(), 0);
  assert.equal(await field(page).inputValue(), 'still typing');
  assert.equal(new Set(keys).size, 2, 'each message keeps its key');
  await page.context().close();
});

test('a refused slip of a command is put back to be mended', async () => {
  const page = await arrive(house, 'Ana');
  await say(page, '/stratgy icp');
  await page.getByRole('alert').getByText('There is no command /stratgy here').waitFor();
  assert.equal(await field(page).inputValue(), '/stratgy icp');
  await page.context().close();
});
