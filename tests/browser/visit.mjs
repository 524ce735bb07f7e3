// A person at the console, for the tests that need nothing else.

import assert from 'node:assert/strict';

export async function arrive(browser, server, name, settings = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...settings });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${server.url}/sign-in`);
  await page.getByRole('button', { name: new RegExp(name) }).click();
  await page.waitForURL(/channels/);
  return page;
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
