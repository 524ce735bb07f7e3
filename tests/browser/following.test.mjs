// The page stays where it is, and shows what comes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrive, button, field, open, said, say, staysInPlace } from './visit.mjs';

const house = open({}, ['sample']);

const narrow = { viewport: { width: 390, height: 700 } };

const heading = (page, name) => page.getByRole('heading', { name }).last();

// A card that was there before has come to the end.
const standsLast = (page, title) =>
  page.waitForFunction(
    (title) => [...document.querySelectorAll('#messages .message')].at(-1)?.textContent.includes(title),
    title,
  );

test('cards taller than the pane scroll in it, and the page keeps its header', async () => {
  for (const settings of [{}, { viewport: { width: 1280, height: 500 } }, narrow]) {
    const page = await arrive(house, 'Ana', settings);
    for (const [words, title] of [['tam', 'Partner TAM'], ['ipp.types', 'Partner types'], ['tam', 'Partner TAM']]) {
      await say(page, `/strategy ${words}`);
      await heading(page, title).waitFor();
    }
    await staysInPlace(page);
    await page.locator('#scroll').evaluate((pane) => (pane.scrollTop = 0));
    await page.mouse.wheel(0, 5_000);
    await staysInPlace(page);
    await page.context().close();
  }
});

// Whether a message begins within what is seen of the pane.
const beginsInView = (page, title) =>
  page.waitForFunction((title) => {
    const pane = document.querySelector('#scroll').getBoundingClientRect();
    const cards = [...document.querySelectorAll('#messages .message')];
    const top = cards.findLast((card) => card.textContent.includes(title))?.getBoundingClientRect().top;
    return top >= pane.top && top < pane.bottom - 60;
  }, title);

const scrollUp = async (page) => {
  const pane = await page.locator('#scroll').boundingBox();
  await page.mouse.move(pane.x + pane.width / 2, pane.y + pane.height / 2);
  await page.mouse.wheel(0, -20_000);
  await page.waitForFunction(() => document.querySelector('#scroll').scrollTop === 0);
};

test('the answer to what one sends is shown from its top, wherever one was', async () => {
  for (const settings of [{}, narrow]) {
    const page = await arrive(house, 'Ana', settings);
    await say(page, '/strategy tam');
    await heading(page, 'Partner TAM').waitFor();
    await beginsInView(page, 'Partner TAM');
    await scrollUp(page);
    await say(page, '/strategy icp');
    await heading(page, 'Ideal customer profile').waitFor();
    await beginsInView(page, 'Ideal customer profile');
    await say(page, '/strategy hepl');
    await said(page, 'Did you mean').last().waitFor();
    await beginsInView(page, 'Did you mean');
    assert.ok(await page.locator('#news').isHidden());
    await page.context().close();
  }
});

test('what others say does not move who reads above, but is announced and one press away', async () => {
  const ana = await arrive(house, 'Ana', narrow);
  const ben = await arrive(house, 'Ben');
  await say(ana, '/strategy help');
  await heading(ana, 'What you can ask for').waitFor();
  await scrollUp(ana);
  await say(ben, 'Has anybody seen the plan?');
  const news = ana.getByRole('button', { name: 'New messages' });
  await news.waitFor();
  assert.equal(await ana.locator('#scroll').evaluate((pane) => pane.scrollTop), 0);
  await news.click();
  await beginsInView(ana, 'Has anybody seen the plan?');
  await news.waitFor({ state: 'hidden' });
  await say(ben, 'Found it.');
  await beginsInView(ana, 'Found it.');
  assert.equal(await field(ana).inputValue(), '');
  await Promise.all([ana.context().close(), ben.context().close()]);
});

test('Edit with AI leads who pressed it, and nobody else, into the thread', async () => {
  const ana = await arrive(house, 'Ana');
  const ben = await arrive(house, 'Ben');
  await say(ana, '/strategy icp');
  await standsLast(ana, 'Ideal customer profile');
  await button(ana, 'Edit with AI').click();
  await ana.waitForURL(/threads/);
  await heading(ana, 'Editing Ideal customer profile').waitFor();
  assert.ok(await field(ana).evaluate((box) => box === document.activeElement));
  await said(ben, 'opened by Ana').last().waitFor();
  assert.match(ben.url(), /channels\/general$/);
  await Promise.all([ana.context().close(), ben.context().close()]);
});

test('words begun before Edit with AI are not left behind', async () => {
  const ana = await arrive(house, 'Ana');
  await say(ana, '/strategy icp');
  await standsLast(ana, 'Ideal customer profile');
  await field(ana).fill('by the way');
  await button(ana, 'Edit with AI').click();
  await said(ana, 'opened by Ana').last().waitFor();
  assert.match(ana.url(), /channels\/general$/);
  assert.equal(await field(ana).inputValue(), 'by the way');
  await ana.context().close();
});
