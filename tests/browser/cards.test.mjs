// Cards say what they mean, at any width.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrive, button, open, say } from './visit.mjs';

const house = open({}, ['sample']);

const narrow = { viewport: { width: 390, height: 800 } };

test('what is added to a list stands under After', async () => {
  const page = await arrive(house, 'Ana');
  await say(page, '/strategy edit icp add Retail to industries');
  const thread = page.getByRole('article').filter({ hasText: 'Editing Ideal customer profile' }).last();
  await thread.getByRole('link', { name: /thread|repl/i }).click();
  await button(page, 'Discard').waitFor();
  const cells = page.getByRole('row', { name: /^Industries/ }).last().getByRole('cell');
  assert.equal(await cells.nth(0).innerText(), 'not there');
  assert.match(await cells.nth(1).innerText(), /Retail/);
  await page.context().close();
});

test('a decision is announced to who cannot see the card change', async () => {
  const page = await arrive(house, 'Ana');
  await say(page, '/strategy edit icp set company size to 70–700 employees');
  const thread = page.getByRole('article').filter({ hasText: 'Editing Ideal customer profile' }).last();
  await thread.getByRole('link', { name: /thread|repl/i }).click();
  await button(page, 'Accept').click();
  await page.locator('#announce').getByText('Attaché: Accepted by Ana.').waitFor();
  await page.context().close();
});

test('on a phone every figure of the TAM is seen without scrolling sideways', async () => {
  const page = await arrive(house, 'Ana', narrow);
  await say(page, '/strategy tam');
  const table = page.getByRole('table', { name: /Accounts/ }).last();
  await table.waitFor();
  const rows = await table.getByRole('row').filter({ has: page.getByRole('rowheader') }).all();
  assert.ok(rows.length >= 4, `${rows.length} rows`);
  for (const row of rows) {
    const opportunity = row.locator('td[data-title="Opportunity"]');
    const label = await opportunity.evaluate((cell) => getComputedStyle(cell, '::before').content);
    assert.equal(label, '"Opportunity"');
    assert.match(await opportunity.innerText(), /^\D?[\d,]+/);
    const box = await opportunity.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
    const { height } = await row.boundingBox();
    assert.ok(height < 130, `a row is ${height} px tall`);
  }
  await page.context().close();
});

test('a thread is listed with its outcome, and a report with its deck', async () => {
  const page = await arrive(house, 'Ana');
  const threads = page.getByRole('navigation').getByRole('listitem').filter({ hasText: 'Ana edits' });
  await say(page, '/strategy edit icp set company size to 90–900 employees');
  await threads.filter({ hasText: 'Company size' }).first().waitFor();
  await threads.first().getByRole('link').click();
  await button(page, 'Discard').click();
  await threads.filter({ hasText: 'Discarded by Ana. Nothing was changed.' }).first().waitFor();
  await page.goto(`${house.url}/channels/leadership`);
  await say(page, '/strategy report quarterly');
  await page.getByRole('link', { name: '1 reply with the deck' }).waitFor();
  const report = page.getByRole('navigation').getByRole('listitem').filter({ hasText: '.pptx' });
  assert.match(await report.getByRole('link').innerText(), /^Quarterly review \S+$/);
  await page.context().close();
});
