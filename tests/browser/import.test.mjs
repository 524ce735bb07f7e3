// Importing and beginning: what is refused is answered in place, and nothing typed is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrive, open } from './visit.mjs';

const house = open();

const section = (page) => page.getByRole('region', { name: 'Partners', exact: true });

test('pasted text that is refused is still there to be mended', async () => {
  const page = await arrive(house, 'Ana');
  await page.goto(`${house.url}/imports`);
  const text = 'external_id,name,type\nP-1,,solutions\n';
  await section(page).getByText('Paste instead').click();
  await section(page).getByLabel('CSV text of partners').fill(text);
  await section(page).getByRole('button', { name: 'Import partners' }).click();
  const result = page.locator('#result.refused');
  await result.getByText('Nothing was imported').waitFor();
  assert.equal(await section(page).getByLabel('CSV text of partners').inputValue(), text);
  assert.ok(await section(page).getByLabel('CSV text of partners').isVisible());
  await page.context().close();
});

test('an import without a file is answered beside it', async () => {
  const page = await arrive(house, 'Ana');
  await page.goto(`${house.url}/imports`);
  await section(page).getByRole('button', { name: 'Import partners' }).click();
  await section(page).getByText('Choose a CSV file first').waitFor();
  assert.match(page.url(), /imports$/);
  await page.context().close();
});

test('a channel name that does not do is answered beside it', async () => {
  const page = await arrive(house, 'Ana');
  await page.getByText('Add a channel').click();
  const name = page.getByLabel('Channel name');
  await name.fill('a/b');
  await name.press('Enter');
  await page.getByRole('navigation').getByText("A channel's name has 1 to 40").waitFor();
  assert.equal(await name.inputValue(), 'a/b');
  await name.fill('board updates');
  await name.press('Enter');
  await page.waitForURL(/channels\/board-updates$/);
  await page.context().close();
});

test('who may only read is offered nothing that would be refused', async () => {
  const offers = async (name) => {
    const page = await arrive(house, name);
    await page.getByRole('heading', { name: 'Welcome to Attaché' }).waitFor();
    const words = await page.locator('#welcome button').allTextContents();
    await page.context().close();
    return words;
  };
  assert.deepEqual(await offers('Vic'), []);
  assert.deepEqual(await offers('Ben'), ['Set up my company']);
  assert.deepEqual(await offers('Ana'), ['Load the sample company', 'Set up my company']);
});

test('pasted text is still there after looking elsewhere, until it was taken', async () => {
  const page = await arrive(house, 'Ana');
  const pasted = section(page).getByLabel('CSV text of partners');
  await page.goto(`${house.url}/imports`);
  await section(page).getByText('Paste instead').click();
  await pasted.fill('external_id,name\nP-1,Northwind\n');
  await page.goto(`${house.url}/channels/general`);
  await page.goto(`${house.url}/imports`);
  assert.equal(await pasted.inputValue(), 'external_id,name\nP-1,Northwind\n');
  await section(page).getByRole('button', { name: 'Import partners' }).click();
  await page.locator('#result:not(.refused)').waitFor();
  await page.goto(`${house.url}/imports`);
  assert.equal(await pasted.inputValue(), '');
  await page.context().close();
});
