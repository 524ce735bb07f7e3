// Nothing typed is lost, a form belongs to the tab that asked for it, and a tab to one person. All on a
// line where each answer takes a while.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { arrive, button, field, open, said, say, signIn } from './visit.mjs';

const house = open();
const LATENCY_MS = 300;

// What is posted takes effect at once, and its answer is on its way for a while. `lost` answers never
// arrive.
async function slowly(page, lost = () => false) {
  await page.context().route('**/*', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const response = await route.fetch({ maxRedirects: 0 });
    await pause(LATENCY_MS);
    if (lost(route.request())) await route.abort();
    else await route.fulfill({ response });
  });
}

async function leave(page) {
  await page.context().unrouteAll({ behavior: 'wait' });
  await page.context().close();
}

const sheet = (page, name = /Set up/) => page.getByRole('dialog', { name });
const company = (page) => sheet(page).getByLabel('Company name');

async function setUp(page) {
  await say(page, '/strategy setup 1');
  await sheet(page, 'Set up (1 of 3)').waitFor();
}

async function next(page) {
  await sheet(page).getByRole('button', { name: /Next|Write|Continue/ }).click();
}

const FIRST = { 'Company name': 'Northwind', 'What the company does': 'Finds fraud.', 'Product category': 'Fraud detection' };

async function fill(page, values) {
  for (const [label, value] of Object.entries(values)) await sheet(page).getByLabel(label).fill(value);
}

test('each step of the setup comes and stays, on a slow line too', async () => {
  const page = await arrive(house, 'Ana');
  await slowly(page);
  for (let time = 0; time < 2; time += 1) {
    await setUp(page);
    await fill(page, FIRST);
    await next(page);
    await sheet(page, 'Set up (2 of 3)').waitFor();
    await pause(2 * LATENCY_MS);
    assert.ok(await sheet(page, 'Set up (2 of 3)').isVisible(), 'the answer to the first step closed the second');
    assert.equal(await sheet(page).count(), 1);
    await page.keyboard.press('Escape');
    await sheet(page).waitFor({ state: 'hidden' });
  }
  await leave(page);
});

test('a form that is left keeps what was typed: by Esc, by leaving the channel, by loading anew', async () => {
  const page = await arrive(house, 'Ben');
  const aside = page.getByRole('status').filter({ hasText: 'was not sent' });
  await setUp(page);
  await company(page).fill('Contoso & Söhne');
  await page.keyboard.press('Escape');
  await aside.getByText('“Set up (1 of 3)” was not sent. What you typed is kept.').waitFor();
  await aside.getByRole('button', { name: 'Continue' }).click();
  assert.equal(await company(page).inputValue(), 'Contoso & Söhne');
  assert.ok(await aside.isHidden());

  await page.reload();
  await sheet(page).getByText('What you typed before is back.').waitFor();
  assert.equal(await company(page).inputValue(), 'Contoso & Söhne');
  await sheet(page).getByRole('button', { name: 'Cancel' }).click();
  await page.goto(`${house.url}/channels/leadership`);
  await aside.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(/general$/);
  await company(page).waitFor();
  assert.equal(await company(page).inputValue(), 'Contoso & Söhne');

  // Pressed again, the form is the same one.
  await page.keyboard.press('Escape');
  await setUp(page);
  assert.equal(await company(page).inputValue(), 'Contoso & Söhne');
  assert.equal(await page.locator('#forms dialog').count(), 1);
  await page.keyboard.press('Escape');
  await aside.getByRole('button', { name: 'Throw away' }).click();
  await aside.waitFor({ state: 'hidden' });
  await setUp(page);
  assert.notEqual(await company(page).inputValue(), 'Contoso & Söhne');
  await page.context().close();
});

test('a form comes to the tab that asked, and goes on in another once that is gone', async () => {
  const page = await arrive(house, 'Ben');
  const other = await page.context().newPage();
  await other.goto(`${house.url}/channels/general`);
  await setUp(page);
  await company(page).fill('typed in the first tab');
  await setUp(other);
  await company(other).fill('typed in the second tab');
  await other.keyboard.press('Escape');
  await sheet(other).waitFor({ state: 'hidden' });
  await pause(LATENCY_MS);
  assert.equal(await company(page).inputValue(), 'typed in the first tab');

  // A copied tab begins with the name of the other, and finds it taken.
  const copy = await page.context().newPage();
  const name = await page.evaluate(() => sessionStorage.getItem('attache-tab'));
  await copy.addInitScript((name) => sessionStorage.getItem('attache-tab') ?? sessionStorage.setItem('attache-tab', name), name);
  await copy.goto(`${house.url}/channels/general`);
  await copy.waitForFunction((name) => sessionStorage.getItem('attache-tab') !== name, name);
  await sheet(copy).waitFor({ state: 'hidden' });
  await copy.close();
  assert.equal(await company(page).inputValue(), 'typed in the first tab');

  const third = await page.context().newPage();
  await page.close();
  await third.goto(`${house.url}/channels/leadership`);
  const aside = third.getByRole('status').filter({ hasText: 'was not sent' });
  assert.equal(await sheet(third).count(), 0, 'nothing opens by itself');
  await aside.getByRole('button', { name: 'Continue' }).click();
  await company(third).waitFor();
  assert.equal(await company(third).inputValue(), 'typed in the first tab');
  await third.context().close();
});

test('an answer that is lost is sent for again, and the form is taken once', async () => {
  const page = await arrive(house, 'Ana');
  let lost = true;
  await slowly(page, (request) => lost && request.url().includes('/forms/'));
  await setUp(page);
  await fill(page, { ...FIRST, 'Company name': 'Fabrikam' });
  await next(page);
  const first = page.getByRole('dialog', { name: 'Set up (1 of 3)', includeHidden: true });
  await first.getByText('The server did not answer').waitFor({ state: 'attached' });
  assert.equal(await first.getByLabel('Company name').inputValue(), 'Fabrikam');
  lost = false;
  // The next step came before its answer was lost, and stands in front.
  await page.keyboard.press('Escape');
  await first.getByRole('button', { name: 'Next' }).click();
  await first.waitFor({ state: 'detached' });
  assert.ok(await page.locator('#toast').isHidden());
  await leave(page);
});

test('words begun in one place are there again after looking elsewhere, and are not in another', async () => {
  const page = await arrive(house, 'Ana');
  await field(page).fill('half a thought');
  await page.goto(`${house.url}/channels/leadership`);
  assert.equal(await field(page).inputValue(), '');
  await page.goto(`${house.url}/channels/general`);
  assert.equal(await field(page).inputValue(), 'half a thought');
  await page.reload();
  assert.equal(await field(page).inputValue(), 'half a thought');
  await field(page).press('Enter');
  await said(page, 'half a thought').waitFor();
  await page.reload();
  assert.equal(await field(page).inputValue(), '');
  await page.context().close();
});

test('a message that is left on its way is said once', async () => {
  const page = await arrive(house, 'Ana');
  await page.route('**/channels/general', (route) =>
    route.request().method() === 'POST' ? undefined : route.continue());
  await say(page, 'sent while leaving');
  await page.goto(`${house.url}/channels/leadership`);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.goto(`${house.url}/channels/general`);
  await said(page, 'sent while leaving').waitFor();
  await page.reload();
  await said(page, 'sent while leaving').waitFor();
  assert.equal(await said(page, 'sent while leaving').count(), 1);
  assert.equal(await field(page).inputValue(), '');
  await page.context().close();
});

test('a text too long to send is told, not cut, and kept', async () => {
  const page = await arrive(house, 'Ana');
  const words = 'word '.repeat(2_000).trim();
  await say(page, words);
  await page.getByRole('alert').getByText('between 1 and 8,000 characters. Yours has 9,999').waitFor();
  assert.equal(await field(page).inputValue(), words);
  await page.context().close();
});

test('whoever is signed out while typing signs in again and goes on', async () => {
  const page = await arrive(house, 'Ben');
  await page.goto(`${house.url}/channels/leadership`);
  await page.context().clearCookies();
  await say(page, 'typed all morning');
  await page.getByRole('alert').getByRole('button', { name: 'Sign in' }).click();
  await signIn(page, house, 'Ben');
  await page.waitForURL(/leadership$/);
  assert.equal(await field(page).inputValue(), 'typed all morning');
  await page.context().close();
});

test('a page of one person does nothing after another signed in', async () => {
  const ana = await arrive(house, 'Ana');
  await setUp(ana);
  await company(ana).fill('of Ana');
  const ben = await ana.context().newPage();
  await ben.goto(`${house.url}/sign-in`);
  await signIn(ben, house, 'Ben');
  const told = ana.getByRole('alert').filter({ hasText: 'signed in as Ben now' });
  await told.waitFor();
  await next(ana);
  assert.equal(await company(ana).inputValue(), 'of Ana');
  await ana.keyboard.press('Escape');
  await say(ana, 'said by whom?');
  await told.getByRole('button', { name: 'Load again' }).waitFor();
  assert.equal(await field(ana).inputValue(), 'said by whom?');
  await told.getByRole('button', { name: 'Load again' }).click();
  await ana.getByRole('navigation').getByText('Ben', { exact: true }).waitFor();
  assert.equal(await field(ana).inputValue(), '', 'what Ana typed is not shown to Ben');
  assert.equal(await said(ana, 'said by whom?').count(), 0);
  await signIn(ana, house, 'Ana');
  await ana.waitForFunction(() => document.querySelector('#text').value === 'said by whom?');
  await ana.context().close();
});

test('the home card stands once, at the end, however often it is asked for', async () => {
  const page = await arrive(house, 'Ana');
  const cards = page.getByRole('article').filter({ hasText: 'Welcome to Attaché' });
  for (let time = 0; time < 3; time += 1) {
    await page.getByRole('button', { name: 'Home' }).click();
    await cards.last().waitFor();
    await say(page, `after home ${time}`);
    await said(page, `after home ${time}`).waitFor();
  }
  await page.getByRole('button', { name: 'Home' }).click();
  const last = page.locator('#messages > li').last();
  await last.getByText('Welcome to Attaché').waitFor();
  assert.equal(await cards.count(), 1);
  await page.context().close();
});
