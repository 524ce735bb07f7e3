// The product's main job in a Slack workspace that others wrote: local-slack signs what it sends,
// takes Attaché's calls, keeps the messages and files, and shows them to several people.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';

import { serve } from '../attache.mjs';
import { openGate } from './gate.mjs';
import { ALICE, BOB, GENERAL, PARTNERS, SECRET, TOKEN, buttons, openWorkspace, words } from './local_slack.mjs';

const SECONDS_TO_NINE = 10;

let gate;
let slack;
let server;
let began;
before(async () => {
  gate = await openGate();
  slack = await openWorkspace(gate.url);
  began = Math.floor(Date.now() / 1000);
  const settings = {
    ATTACHE_OWNERS: `slack:${ALICE},slack:${BOB}`,
    // A Monday on which a quarter has just ended.
    ATTACHE_CLOCK: '2026-10-05T08:59:50Z',
    SLACK_API_URL: slack.api,
    SLACK_BOT_TOKEN: TOKEN,
    SLACK_SIGNING_SECRET: SECRET,
  };
  server = await serve(settings, ['sample']);
  gate.towards(server.url);
});
after(async () => {
  await server?.stop();
  await slack?.stop();
  await gate?.stop();
});

// Types a command and gives what only this person is told.
async function ask(user, text) {
  const known = (await slack.messages(GENERAL)).length;
  await slack.command(user, text);
  return slack.until(`an answer to ${text}`, async () =>
    (await slack.messages(GENERAL)).slice(known).find((message) => message.ephemeral_to === user),
  );
}

const thread = (scope) => slack.message(`an edit thread with ${scope}`, (m) => words(m).includes(scope));

// A proposal that waits for a decision in this thread.
const card = (root, change) =>
  slack.message(
    `a card with ${change}`,
    (m) => m.thread_ts === root.ts && words(m).includes(change) && buttons(m).includes('Accept'),
  );

const becomes = (message, end) =>
  slack.message(`${end} on the same message`, (m) => m.ts === message.ts && words(m).includes(end));

test('a review is ordered for nine o’clock', async () => {
  const told = await ask(ALICE, `schedule quarterly in <#${PARTNERS}|partners> daily at 09:00 UTC`);
  assert.match(words(told), /Scheduled: the quarterly review in #partners, every day at 09:00, UTC/);
  assert.match(words(told), /Next three runs\s+• Mon 5 Oct 2026, 09:00 UTC/, 'asked before nine');
});

test('alice narrows the ICP, refines it once and accepts; bob is too late', async () => {
  const icp = await ask(ALICE, 'icp');
  assert.match(words(icp), /Company size: {2}20–2,000 employees .* Revision 1 /);
  await slack.press(ALICE, icp, 'Edit with AI');
  const root = await thread('Scope: icp · revision 1 · opened by alice');

  await slack.say(ALICE, 'narrow the company size to 50–500 employees', root.ts);
  const first = await card(root, '20–2,000 employees → 50–500 employees');
  assert.deepEqual(buttons(first), ['Accept', 'Edit & accept', 'Refine', 'Discard']);
  assert.match(words(first), /1 of 10 fields changes · scope icp · on revision 1/);

  await slack.press(ALICE, first, 'Refine');
  await slack.form('Refine');
  await slack.submit(ALICE, 'make it 50 to 400');
  const second = await card(root, '20–2,000 employees → 50–400 employees');
  assert.deepEqual(buttons(await becomes(first, 'Replaced by a newer proposal below.')), []);

  await slack.press(ALICE, second, 'Accept');
  assert.deepEqual(buttons(await becomes(second, 'Accepted by alice. Now revision 2.')), []);
  // Bob's page has not heard of it yet.
  await slack.press(BOB, second, 'Accept');
  const late = 'alice accepted this a moment ago. It is revision 2. Nothing more was changed.';
  const told = await slack.message('bob is told', (m) => words(m) === late);
  assert.equal(told.ephemeral_to, BOB);

  const history = await ask(ALICE, 'history icp');
  const edit = '5 Oct 2026, (08:59|09:00) alice edit, drafted by the built-in rules';
  assert.match(words(history), new RegExp(`What 2 ${edit} Company size: .* → 50–400 employees 1 5 Oct 2026, `));
});

test('a report that is asked for arrives with its deck', async () => {
  const told = await ask(ALICE, 'report quarterly');
  assert.match(words(told), /It will be posted here with its deck/);
  const { post } = await reviewWithDeck(GENERAL);
  assert.match(words(post), /Sourced won: .* Open sourced pipeline: /);
});

test('what Slack did not sign is refused and changes nothing', async () => {
  await signedOrNot(() => slack.command(ALICE, 'edit icp'));
  const root = await thread('Scope: icp · revision 2 · opened by alice');
  await signedOrNot(() => slack.say(ALICE, 'narrow the company size to 60–300 employees', root.ts));
  const proposal = await card(root, '50–400 employees → 60–300 employees');
  await signedOrNot(() => slack.press(ALICE, proposal, 'Accept'));
  await becomes(proposal, 'Accepted by alice. Now revision 3.');

  const all = await slack.messages(GENERAL);
  assert.equal(all.filter((m) => words(m).includes('Scope: icp · revision 2')).length, 1);
  assert.equal(all.filter((m) => words(m).includes('60–300')).length, 2, 'what alice said, and one card');
  assert.match(words(await ask(ALICE, 'history icp')), /What 3 .* alice edit, .* 2 .* alice edit, .* 1 /);
});

test('the review that was ordered is posted once, not before its time', async () => {
  const { post } = await reviewWithDeck(PARTNERS);
  assert.ok(Number(post.ts) >= began + SECONDS_TO_NINE, `at ${post.ts}, begun at ${began}`);
  const told = words(await ask(ALICE, 'deliveries'));
  assert.match(told, / Mon 5 Oct 2026, 09:00 UTC quarterly review #partners posted schedule 1/);
  assert.equal((await slack.messages(PARTNERS)).length, 2, 'the review, and its deck in the thread');
});

test('local-slack had nothing to object to', async () => {
  const log = await slack.log();
  assert.deepEqual(log.filter((entry) => entry.direction === 'internal'), []);
  const answered = (kind) => log.filter((e) => e.direction === 'from_bot' && e.kind === kind).map((e) => e.summary);
  for (const kind of ['slash_commands', 'events_api', 'interactive'])
    assert.deepEqual([...new Set(answered(kind))], ['HTTP 200'], kind);
  // Slack gives up after three seconds.
  assert.deepEqual(gate.answers.filter(({ ms }) => ms >= 3000), []);
});

async function reviewWithDeck(channel) {
  const shared = await slack.message('a deck', (m) => m.files, channel);
  const post = (await slack.messages(channel)).find((m) => m.ts === shared.thread_ts);
  assert.match(words(post), /^Quarterly review FY2026-Q3 /);
  assert.equal(shared.files.length, 1);
  assert.match(shared.files[0].name, /\.pptx$/);
  const bytes = await slack.download(shared.files[0]);
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  assert.ok(bytes.length > 20_000, `${bytes.length} bytes`);
  return { post };
}

// Keeps back what local-slack sends when somebody acts: forged, it has no effect; then, as it came,
// it has. So it was the signature that made the difference.
async function signedOrNot(act) {
  const held = gate.hold();
  await act();
  const request = await held;
  const messages = await slack.messages(GENERAL);
  for (const [how, forged, why] of forgeries(request)) {
    const answer = await gate.send(forged);
    assert.equal(answer.status, 401, `${how}: ${answer.body}`);
    assert.match(answer.body, why, how);
  }
  assert.deepEqual(await slack.messages(GENERAL), messages);
  assert.equal((await gate.send(request)).status, 200);
}

// What it is, the request, the reason in the answer.
function forgeries(request) {
  const { headers, body } = request;
  const signature = headers['x-slack-signature'];
  const as = (changed) => ({ ...request, headers: { ...headers, ...changed } });
  const without = (name) => {
    const { [name]: _, ...left } = headers;
    return { ...request, headers: left };
  };
  const signed = (secret, seconds) => {
    const stamp = String(Math.floor(Date.now() / 1000) + seconds);
    const digest = createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest('hex');
    return as({ 'x-slack-request-timestamp': stamp, 'x-slack-signature': `v0=${digest}` });
  };
  const needed = /it needs exactly one X-Slack-Signature and one X-Slack-Request-Timestamp/;
  const unfit = /the signature does not fit the body/;
  const old = /the timestamp is (599|600|601) s away/;
  const digit = signature.endsWith('0') ? '1' : '0';
  return [
    ['not signed', without('x-slack-signature'), needed],
    ['not dated', without('x-slack-request-timestamp'), needed],
    ['one digit changed', as({ 'x-slack-signature': signature.slice(0, -1) + digit }), unfit],
    ['in the name of bob', { ...request, body: Buffer.from(body.toString().replaceAll(ALICE, BOB)) }, unfit],
    ['signed with another secret', signed(`${SECRET}.`, 0), unfit],
    ['ten minutes old', signed(SECRET, -600), old],
    ['ten minutes early', signed(SECRET, 600), old],
  ];
}
