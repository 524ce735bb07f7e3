// The product's main job in a real browser, as several people at once. With ATTACHE_PICTURES set to
// a folder, each step also leaves a picture to look at.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { arrive, button, open, say } from './visit.mjs';

// Two minutes before nine on the first Monday of a quarter.
const house = open({ ATTACHE_CLOCK: '2026-10-05T08:58:00Z' });

let pictures = 0;
async function picture(page, name) {
  const folder = process.env.ATTACHE_PICTURES;
  if (!folder) return;
  pictures += 1;
  const file = `${String(pictures).padStart(2, '0')}-${name}.png`;
  await page.screenshot({ path: path.join(folder, file) });
}

// What a message says; the hidden line for screen readers repeats it.
const said = (page, words) => page.getByRole('article').getByText(words);

test('ana narrows the ICP, refines it once and accepts; ben is too late', async () => {
  const ana = await arrive(house, 'Ana');
  await picture(ana, 'first visit');
  await button(ana, 'Load the sample company').click();
  await said(ana, 'is loaded: 40 partners, 300 deals').last().waitFor();
  await say(ana, '/strategy icp');
  await said(ana, 'Confidence:').last().waitFor();
  await picture(ana, 'icp');
  await button(ana, 'Edit with AI').click();
  await ana.waitForURL(/threads/);
  await ana.getByRole('heading', { name: 'Editing Ideal customer profile' }).waitFor();

  await say(ana, 'narrow the company size to 50–500 employees');
  await button(ana, 'Accept').waitFor();
  const row = ana.getByRole('row', { name: /Company size/ }).last();
  assert.match(await row.innerText(), /20–2,000 employees\s+50–500 employees/);
  await picture(ana, 'proposal');

  await button(ana, 'Refine').click();
  const dialog = ana.getByRole('dialog');
  await dialog.getByLabel('What should be different?').fill('make it 50 to 400');
  await dialog.getByRole('button', { name: 'Refine' }).click();
  await said(ana, 'Replaced by a newer proposal below.').last().waitFor();
  await said(ana, 'Company size: 20–2,000 employees → 50–400 employees').last().waitFor();
  await picture(ana, 'refined');

  const ben = await arrive(house, 'Ben');
  await ben.goto(ana.url());
  // Ben's button, as his page had it before Ana was quicker.
  const press = await ben.evaluate(() => {
    const accept = [...document.querySelectorAll('button')].filter((b) => b.textContent.trim() === 'Accept').at(-1);
    const form = accept.closest('form');
    const fields = new URLSearchParams(new FormData(form, accept));
    return { action: form.action, body: fields.toString() };
  });
  await button(ana, 'Accept').click();
  await said(ana, 'Accepted by Ana. Now revision 2.').last().waitFor();
  await said(ben, 'Accepted by Ana. Now revision 2.').last().waitFor();
  await ben.evaluate(async ({ action, body }) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await fetch(action, { method: 'POST', headers, body });
  }, press);
  await said(ben, 'Ana accepted this a moment ago. It is revision 2.').last().waitFor();
  assert.equal(await said(ana, 'Ana accepted this').count(), 0, 'only Ben is told');
  await picture(ben, 'too late');

  await say(ana, '/strategy history icp');
  const latest = ana.getByRole('row', { name: /^2 / });
  await latest.waitFor();
  assert.match(await latest.innerText(), /5 Oct 2026, 08:58\s+Ana\s+edit, drafted by the built-in rules/);
  assert.equal(await ana.getByRole('row', { name: /^3 / }).count(), 0);
  await picture(ana, 'history');
});

test('a list keeps its items apart in the form of Edit & accept', async () => {
  const ana = await arrive(house, 'Ana');
  await ana.goto(`${house.url}/channels/general`);
  await say(ana, '/strategy edit icp add Mining and Forestry to industries');
  const root = ana.getByRole('article').filter({ hasText: 'add Mining and Forestry' }).last();
  await root.getByRole('link', { name: /thread|repl/i }).click();
  await ana.waitForURL(/threads/);
  await button(ana, 'Edit & accept').click();
  const dialog = ana.getByRole('dialog');
  const field = dialog.getByLabel('Industries');
  const lines = (await field.inputValue()).split('\n');
  assert.deepEqual(lines.slice(-2), ['Mining', 'Forestry']);
  await picture(ana, 'edit and accept');
  await dialog.getByRole('button', { name: 'Accept' }).click();
  await said(ana, /Accepted by Ana\. Now revision \d+\./).last().waitFor();
  await say(ana, '/strategy icp');
  await said(ana, `${lines.join(', ')}`).last().waitFor();
});

test('vic may read, and is told privately that she may not change', async () => {
  const vic = await arrive(house, 'Vic');
  await say(vic, '/strategy tam');
  await said(vic, 'Total opportunity:').last().waitFor();
  await picture(vic, 'tam');
  await say(vic, '/strategy edit tam set solutions share to 20%');
  await said(vic, 'You need the role member or higher to change the strategy.').last().waitFor();
});

test('a report arrives with a deck, and a scheduled one posts by itself', async () => {
  const ana = await arrive(house, 'Ana');
  await ana.goto(`${house.url}/channels/general`);
  await say(ana, '/strategy report quarterly');
  await ana.getByRole('heading', { name: 'Quarterly review FY2026-Q3' }).waitFor();
  await picture(ana, 'report');
  const post = ana.getByRole('article').filter({ hasText: 'Quarterly review FY2026-Q3' }).last();
  await post.getByRole('link', { name: /thread|repl/i }).click();
  await ana.waitForURL(/threads/);
  const download = ana.waitForEvent('download');
  await ana.getByRole('link', { name: /\.pptx/ }).click();
  const bytes = await readFile(await (await download).path());
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');

  await ana.goto(`${house.url}/channels/leadership`);
  await say(ana, '/strategy schedule quarterly in #leadership quarterly at 09:00 UTC');
  await said(ana, 'Next three runs').last().waitFor();
  await picture(ana, 'schedule');
  // Nine o'clock comes within two minutes of the server's own clock.
  const posted = ana.getByRole('heading', { name: 'Quarterly review FY2026-Q3' });
  await posted.waitFor({ timeout: 150_000 });
  assert.equal(await posted.count(), 1);
  await picture(ana, 'scheduled post');
});

test('a slip of the finger gets the nearest command, and help lists them all', async () => {
  const ana = await arrive(house, 'Ana');
  await say(ana, '/strategy hepl');
  await said(ana, 'Did you mean').last().waitFor();
  await say(ana, '/strategy help');
  await ana.getByRole('heading', { name: 'What you can ask for' }).waitFor();
  await picture(ana, 'help');
  await say(ana, '/strategy');
  await ana.getByRole('heading', { name: /Partner strategy of/ }).last().waitFor();
  await picture(ana, 'home');
});
