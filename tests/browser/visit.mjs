// The server, the browser, and a person at the console.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { serve } from '../attache.mjs';
import { launch } from './chromium.mjs';

// The server and the browser of a test file: there before its tests, gone after them.
export function open(settings = {}, first = []) {
  const house = {
    get url() {
      return house.server.url;
    },
    log: () => house.server.log(),
  };
  before(async () => {
    house.server = await serve(settings, first);
    house.browser = await launch();
  });
  after(async () => {
    await house.browser?.close();
    await house.server?.stop();
  });
  return house;
}

export async function arrive(house, name, settings = {}) {
  const context = await house.browser.newContext({ viewport: { width: 1280, height: 800 }, ...settings });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await signIn(page, house, name);
  return page;
}

export async function signIn(page, house, name) {
  if (!page.url().endsWith('/sign-in')) await page.goto(`${house.url}/sign-in`);
  await page.getByRole('button', { name: new RegExp(name) }).click();
  await page.waitForURL(/channels/);
}

export const field = (page) => page.getByLabel('Message', { exact: true });

export async function say(page, words) {
  await field(page).fill(words);
  await field(page).press('Enter');
}

export const button = (page, name) => page.getByRole('button', { name, exact: true }).last();

// The words of a message in the list: not those that still wait to be sent.
export const said = (page, words) => page.locator('#messages').getByText(words);

// The page itself never scrolls: what stands over and under the messages stays where it is.
export async function staysInPlace(page) {
  const { page: whole, seen, top } = await page.evaluate(() => ({
    page: document.scrollingElement.scrollHeight,
    seen: innerHeight,
    top: document.querySelector('.head').getBoundingClientRect().top + scrollY,
  }));
  assert.ok(whole <= seen, `the page is ${whole} px tall in a window of ${seen} px`);
  assert.equal(top, 0);
}
