// Forms: each is shown in the tab that asked for it, and what is typed in it is never lost.

const sheets = () => [...(forms?.querySelectorAll("dialog") ?? [])];
const openSheet = () => document.querySelector("#forms dialog[open]");
const formId = (dialog) => dialog.id.slice("form-".length);
const draftName = (dialog) => `form ${dialog.dataset.about}`;
const inputs = (dialog) => [...dialog.querySelectorAll("[name^='field.']")];
const typedIn = (dialog) => Object.fromEntries(inputs(dialog).map((input) => [input.name, input.value]));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// What stood in it at first, before anything was typed.
const firstValues = new WeakMap();

function fill(dialog, values) {
  for (const input of inputs(dialog)) if (input.name in values) input.value = values[input.name];
}

// The form that came, or none is open any more. A sheet that has words in it stays.
function showForm(html) {
  const dialog = fragment(html);
  if (!dialog) {
    for (const sheet of sheets()) if (!isChanged(sheet) && !isSending(sheet)) drop(sheet);
    return showAside();
  }
  if (!byId(dialog.id)) addSheet(dialog);
}

function addSheet(dialog) {
  for (const other of sheets()) {
    if (isSending(other)) continue;
    if (other.dataset.about === dialog.dataset.about) drop(other);
    else if (other.open) other.close();
  }
  forms.append(dialog);
  firstValues.set(dialog, typedIn(dialog));
  const draft = kept(draftName(dialog));
  if (draft) fill(dialog, draft.values);
  if (draft?.aside === formId(dialog)) {
    dialog.removeAttribute("open");
    return showAside();
  }
  if (isChanged(dialog)) showRestored(dialog);
  showSheet(dialog);
}

function showSheet(dialog) {
  dialog.removeAttribute("open");
  dialog.showModal();
  dialog.onclose = () => putAside(dialog);
  dialog.oninput = () => keepTyped(dialog);
  (dialog.querySelector("[aria-invalid]") ?? inputs(dialog)[0])?.focus();
  showAside();
}

function showRestored(dialog) {
  const line = dialog.querySelector(".restored");
  line.hidden = false;
  line.querySelector("button").onclick = () => {
    fill(dialog, firstValues.get(dialog));
    forget(draftName(dialog));
    line.hidden = true;
    inputs(dialog)[0]?.focus();
  };
}

const isChanged = (dialog) => !same(typedIn(dialog), firstValues.get(dialog));

function keepTyped(dialog, aside = "") {
  if (!isChanged(dialog)) return forget(draftName(dialog));
  const values = typedIn(dialog);
  const title = dialog.querySelector("h2").textContent;
  keep(draftName(dialog), { values, title, aside, form: formId(dialog), path: location.pathname });
}

// Left without sending: what was typed waits, and an untouched form is closed.
function putAside(dialog) {
  if (isSending(dialog)) return;
  keepTyped(dialog, formId(dialog));
  if (!isChanged(dialog)) {
    post(`/forms/${formId(dialog)}/cancel`, {});
    drop(dialog);
  }
  showAside();
  if (!openSheet()) byId("text")?.focus();
}

function drop(dialog) {
  dialog.onclose = null;
  dialog.close();
  dialog.remove();
}

// This tab turns out to be a copy: the forms are the other's.
function leaveForms() {
  for (const sheet of sheets()) drop(sheet);
}

// A form that waits: put aside in this tab, or begun in a tab that is gone.
function waitingForm() {
  const waits = (draft) => (draft.tab === tab ? draft.aside : lost(draft)) && draft.form;
  return drafts().find((draft) => draft.name.startsWith("form ") && waits(draft));
}

let knowsTabs = false;
function showAside() {
  const bar = byId("aside");
  if (!bar) return;
  const draft = waitingForm();
  const shown = draft && !openSheet() && (draft.tab === tab || knowsTabs);
  bar.hidden = !shown;
  if (!shown) return;
  bar.querySelector("span").textContent = `“${draft.title}” was not sent. What you typed is kept.`;
  const [go, away] = bar.querySelectorAll("button");
  go.onclick = () => goOn(draft);
  away.onclick = () => throwAway(draft);
}

async function goOn(draft) {
  const dialog = byId(`form-${draft.form}`);
  if (dialog) {
    keepTyped(dialog);
    return showSheet(dialog);
  }
  const response = await post(`/forms/${draft.form}/continue`, {});
  if (!response) return;
  // A form that is closed by now may be opened again: its words wait for that. One that was taken, whose
  // answer was lost with its tab, needs nothing more.
  if (response.status === 410) forget(draft.name, draft.tab);
  else adopt({ ...draft, aside: "", form: response.ok ? draft.form : "" });
  showAside();
  if (!response.ok) return explain(response);
  if (draft.path !== location.pathname) location.assign(draft.path);
}

async function throwAway(draft) {
  forget(draft.name, draft.tab);
  const dialog = byId(`form-${draft.form}`);
  if (dialog) drop(dialog);
  showAside();
  byId("text")?.focus();
  await post(`/forms/${draft.form}/cancel`, {});
}

// Sending ---------------------------------------------------------------------------------------

const isSending = (dialog) => "busy" in dialog.querySelector("form").dataset;

async function sendSheet(form, submitter) {
  const dialog = form.closest("dialog");
  if (isSending(dialog)) return;
  if (submitter && "cancel" in submitter.dataset) return dialog.close();
  form.dataset.busy = "yes";
  hideNotice(dialog);
  const response = await post(form.getAttribute("action"), new FormData(form));
  delete form.dataset.busy;
  if (response?.ok) return sent(dialog);
  // Whoever left it while it was sent is shown what became of it.
  if (!dialog.open) showSheet(dialog);
  if (response?.status === 422) return mend(dialog, await response.text());
  if (response) await explain(response);
}

function sent(dialog) {
  forget(draftName(dialog));
  drop(dialog);
  showAside();
  if (!openSheet()) byId("text")?.focus();
}

// The same form with what is wrong beside its fields.
function mend(dialog, html) {
  const fresh = parsed(html).querySelector("dialog");
  if (!fresh) return tell(parsed(html).getElementById("notice")?.textContent ?? "That was not sent.");
  firstValues.set(fresh, firstValues.get(dialog));
  drop(dialog);
  forms.append(fresh);
  showSheet(fresh);
}
