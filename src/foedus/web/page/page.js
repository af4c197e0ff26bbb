// The page: it asks the server, and shows what it says. Text of a scenario is only ever set as text.

const QUICK = 1000, FINE = 10000, GIVEN = 2000; // runs
const PAUSE = 80; // ms without a move before a question is asked
const at = (id) => document.getElementById(id);

const state = {
  source: { scenario: "karabakh-2020" }, // or with `text`
  about: null, // what /api/scenario says of it
  set: new Map(), // values by path
  without: new Set(), // switches that are off
  asOf: "",
  base: new Map(), // answers before any change, by how they were asked for
  asked: null, // AbortController of what is under way
};

// ---- asking

async function ask(path, body, signal) {
  const said = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  if (said.ok) return said;
  const text = await said.text();
  let faults;
  try { faults = JSON.parse(text).faults; } catch { faults = null; }
  throw Object.assign(new Error("refused"), { faults: faults ?? [{ what: text || said.statusText }] });
}

const json = async (...asked) => (await ask(...asked)).json();
const changes = () => ({ set: Object.fromEntries(state.set), without: [...state.without] });
const wanted = () => ({ ...state.source, ...changes() });
const changed = () => state.set.size + state.without.size > 0;

function looks() {
  if (state.asOf) return [{ look: "whole", runs: GIVEN, as_of: state.asOf }];
  return [{ look: "opening", runs: QUICK }, { look: "whole", runs: QUICK }, { look: "whole", runs: FINE }];
}

let timer = 0;
function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

async function refresh() {
  state.asked?.abort();
  const mine = (state.asked = new AbortController());
  tellChanges();
  forget();
  fault(null);
  try {
    for (const look of looks()) {
      const key = JSON.stringify(look), began = performance.now();
      const label = `${look.runs.toLocaleString("en")} runs${look.look === "opening" ? " of the opening months" : ""}`;
      const answers = await patient(label, json("api/answers", { ...wanted(), ...look }, mine.signal));
      if (!changed()) state.base.set(key, answers);
      show(answers, state.base.get(key) ?? latestBase());
      if (look.look === "whole") draw({ ...wanted(), ...look }, mine.signal);
      const took = ((performance.now() - began) / 1000).toFixed(2);
      say(`${label}, ${took} s`);
    }
  } catch (error) {
    if (error.name !== "AbortError") { fault(error); say("stopped"); }
  }
}

/** What comes, said to be on its way; after a while also why it may take long. */
async function patient(label, coming) {
  say(`${label} …`);
  const late = setTimeout(() => say(`${label} … (the first time the model is compiled, for half a minute, and kept)`), 5000);
  try { return await coming; } finally { clearTimeout(late); }
}

function latestBase() {
  const whole = [...state.base.values()].filter((one) => one.look === "whole");
  return whole.at(-1) ?? [...state.base.values()].at(-1);
}

// ---- showing

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};
const say = (text) => { at("status").textContent = text; };

function fault(error) {
  at("faults").hidden = !error;
  if (!error) return;
  const told = error.faults ?? [{ what: String(error.message ?? error) }];
  at("faults").textContent = told.map((one) => {
    const place = one.line ? `${one.file}:${one.line}:${one.column}: ` : "";
    const path = one.path ? `${one.path}: ` : "";
    const more = [one.expected && `expected ${one.expected}`, one.suggestion && `did you mean '${one.suggestion}'?`];
    return place + path + [one.what, ...more.filter(Boolean)].join("; ");
  }).join("\n");
}

function percent(p) {
  if (p === null || p === undefined) return "--";
  const points = 100 * p;
  if (points > 0 && points < 1) return "<1 %";
  if (points < 100 && points > 99) return ">99 %";
  return `${Math.round(points)} %`;
}

function amount(x, unit) {
  if (x === null || x === undefined) return "--";
  if (unit === "share") return percent(x);
  const said = Number(x.toPrecision(2)).toLocaleString("en");
  return unit ? `${said} ${unit}` : said;
}

const rows = new Map(); // one row a question, kept while its numbers move

function lay(about) {
  at("title").textContent = about.title;
  document.title = `foedus: ${about.title}`;
  at("banner").hidden = !about.hypothetical;
  at("when").textContent = `${about.start} to ${about.end}. ${about.summary}`;
  const asOf = at("as-of");
  [asOf.min, asOf.max] = [about.start, about.end];
  rows.clear();
  for (const id of ["events", "quantities"]) {
    at(id).tBodies[0].replaceChildren();
    at(`${id}-part`).hidden = true; // until there is one
  }
  at("charts").replaceChildren();
  at("scores").textContent = "";
}

function forget() {
  for (const row of rows.values()) row.classList.add("waits");
}

function show(said, base) {
  const before = new Map((base?.answers ?? []).map((one) => [one.id, one]));
  for (const answer of said.answers) {
    const row = rows.get(answer.id) ?? begin(answer);
    row.classList.remove("waits");
    if (answer.kind === "event") event(row, answer, changed() ? before.get(answer.id) : null);
    else quantity(row, answer, changed() ? before.get(answer.id) : null);
  }
  at("scores").textContent = said.scores && said.look === "whole"
    ? `Mean Brier score of the ${said.scores.n} events whose outcome is known: ${said.scores.brier.toFixed(3)}; `
      + "50 % for each: 0.250; lower is better. Parameters " + said.parameters.slice(0, 8) + `, seed ${said.seed}.`
    : at("scores").textContent;
}

async function draw(wanted, signal) {
  try {
    const figures = await json("api/figures", wanted, signal);
    at("charts").replaceChildren(...figures.map(chart));
  } catch (error) { if (error.name !== "AbortError") fault(error); }
}

function chart(one) {
  const files = [["svg", "Chart (SVG)"], ["csv", "Numbers (CSV)"]].filter(([kind]) => one[kind]);
  return make("figure", {}, make("figcaption", {}, one.title), make("p", {}, one.says),
    one.wide ? picture(one) : null, make("p", { className: "note" }, one.note),
    make("p", {}, ...files.flatMap(([kind, said]) =>
      [make("a", { href: one[kind], download: `${one.id}.${kind}` }, said), " "])),
    make("details", {}, make("summary", {}, `Table: ${one.title}`), numbers(one)));
}

function numbers(one) {
  const head = make("tr", {}, ...one.headings.map((text) => make("th", { scope: "col" }, text)));
  const body = one.cells.map((row) => make("tr", {}, ...row.map((cell, i) => {
    const shown = make("td", { className: cell.number ? "num" : "" }, cell.text);
    shown.dataset.label = one.headings[i];
    return shown;
  })));
  return make("div", { className: "wide", tabIndex: 0, role: "region", ariaLabel: one.title },
    make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
}

function picture(one) {
  const drawn = new DOMParser().parseFromString(innerWidth < 640 ? one.narrow : one.wide, "image/svg+xml").documentElement;
  for (const part of drawn.querySelectorAll("script, foreignObject, a, image, use")) part.remove();
  const svg = document.importNode(drawn, true);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${one.title}. ${one.says}`);
  return svg;
}

function begin(answer) {
  const cells = answer.kind === "event" ? 6 : 5;
  const row = make("tr");
  for (let i = 0; i < cells; i++) row.append(make("td"));
  rows.set(answer.id, row);
  const id = answer.kind === "event" ? "events" : "quantities";
  at(id).tBodies[0].append(row);
  at(`${id}-part`).hidden = false;
  return row;
}

const outcome = (happened) => (happened === null ? "--" : happened === true ? "yes" : happened === false ? "no" : happened);
const star = (answer) => (answer.flags.includes("judgement") ? " *" : "");

function label(cell, name, text, numeric = false) {
  cell.dataset.label = name;
  cell.className = numeric ? "num" : "";
  cell.textContent = text;
}

function event(row, answer, before) {
  const [question, now, change, strip, happened, why] = row.cells;
  question.textContent = `${answer.id}: ${answer.question}`;
  label(now, "Now", percent(answer.probability) + star(answer), true);
  now.append(make("span", { className: "words" }, `${percent(answer.low)} – ${percent(answer.high)}`));
  label(change, "Change", "", true);
  const delta = before && answer.probability !== null && before.probability !== null
    ? 100 * (answer.probability - before.probability) : null;
  change.textContent = delta === null ? "" : `${delta > 0 ? "+" : delta < 0 ? "−" : "±"}${Math.abs(delta).toFixed(1)}`;
  change.classList.toggle("more", delta > 0.05);
  change.classList.toggle("less", delta < -0.05);
  strip.replaceChildren(marks(answer, before));
  label(happened, "Outcome", outcome(answer.happened));
  if (!why.firstChild) {
    const name = `Why: ${answer.id}`;
    why.append(make("button", { type: "button", ariaLabel: name, onclick: () => openWhy(answer) }, "Why"));
  }
}

function marks(answer, before) {
  const strip = make("div", { className: "strip", role: "img" });
  const put = (kind, p, width) => {
    if (p === null || p === undefined) return;
    const mark = make("span", { className: kind });
    mark.style.left = `${100 * p}%`;
    if (width !== undefined) mark.style.width = `${100 * width}%`;
    strip.append(mark);
  };
  if (answer.low !== null) put("range", answer.low, answer.high - answer.low);
  put("class", answer.reference?.p);
  put("base", before?.probability);
  put("now", answer.probability);
  const more = answer.reference?.p !== undefined && answer.reference?.p !== null ? `; class ${percent(answer.reference.p)}` : "";
  strip.ariaLabel = `${percent(answer.probability)}, ${percent(answer.low)} to ${percent(answer.high)}${more}`;
  return strip;
}

function quantity(row, answer, before) {
  const [question, now, range, was, happened] = row.cells;
  question.textContent = `${answer.id}: ${answer.question}`;
  label(now, "Median", amount(answer.median, answer.unit) + star(answer), true);
  label(range, "90 % of runs", `${amount(answer.low, answer.unit)} – ${amount(answer.high, answer.unit)}`, true);
  label(was, "Before", before ? amount(before.median, answer.unit) : "", true);
  label(happened, "Outcome", answer.happened === null ? "--" : amount(answer.happened, answer.unit));
}

function tellChanges() {
  const said = [
    ...[...state.without].map((id) => `without ${id}`),
    ...[...state.set].map(([path, value]) => `${path} = ${value}`),
  ];
  at("changes").replaceChildren(...said.map((text) => make("li", {}, text)));
  at("reset").disabled = !changed();
}

// ---- what can be moved

function layInputs(about) {
  at("switches").replaceChildren(...about.switches.map((one) => {
    const box = make("input", { type: "checkbox", checked: true, id: `switch-${one.id}` });
    box.addEventListener("change", () => {
      if (box.checked) state.without.delete(one.id); else state.without.add(one.id);
      soon();
    });
    return make("div", { className: "toggle" }, box,
      make("label", { htmlFor: box.id, title: one.theory }, `${one.id} ${one.name}`));
  }));
  const groups = new Map();
  for (const one of about.inputs) {
    if (!groups.has(one.group)) groups.set(one.group, []);
    groups.get(one.group).push(one);
  }
  at("inputs").replaceChildren(...[...groups].map(([name, inputs]) =>
    make("details", {}, make("summary", {}, name), ...inputs.map((one) => (one.kind === "toggle" ? toggle(one) : slider(one))))));
  filter();
}

const short = (x) => (Math.abs(x) >= 100 ? Math.round(x).toLocaleString("en") : Number(x.toPrecision(3)).toString());

function slider(one) {
  const id = `input-${one.path}`, steps = 200;
  const place = (x) => one.log ? steps * Math.log(x / one.least) / Math.log(one.most / one.least)
    : steps * (x - one.least) / (one.most - one.least);
  const value = (s) => one.log ? one.least * (one.most / one.least) ** (s / steps)
    : one.least + (one.most - one.least) * s / steps;
  const given = one.known ? short(one.value) : `${short(one.low)} – ${short(one.high)}`;
  const shown = make("output", { htmlFor: id }, given);
  const range = make("input", { type: "range", id, min: 0, max: steps, step: 1 });
  range.value = place(one.value);
  range.setAttribute("aria-valuetext", given);
  const box = make("div", { className: "input", title: one.path }, make("label", { htmlFor: id }, one.label), shown, range,
    one.meaning ? make("p", { className: "note" }, one.meaning) : null);
  box.dataset.find = `${one.group} ${one.label} ${one.path} ${one.meaning}`.toLowerCase();
  range.addEventListener("input", () => {
    const x = Number(value(Number(range.value)).toPrecision(4));
    state.set.set(one.path, String(x));
    shown.textContent = short(x);
    range.setAttribute("aria-valuetext", short(x));
    box.classList.add("changed");
    soon();
  });
  return box;
}

function toggle(one) {
  const box = make("input", { type: "checkbox", id: `input-${one.path}`, checked: one.value });
  const row = make("div", { className: "toggle", title: one.path }, box,
    make("label", { htmlFor: box.id }, one.meaning || one.label));
  row.dataset.find = `${one.group} ${one.label} ${one.path} ${one.meaning}`.toLowerCase();
  box.addEventListener("change", () => {
    if (box.checked === one.value) state.set.delete(one.path); else state.set.set(one.path, String(box.checked));
    row.classList.toggle("changed", box.checked !== one.value);
    soon();
  });
  return row;
}

function filter() {
  const words = at("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of at("inputs").children) {
    let any = false;
    for (const one of group.querySelectorAll("[data-find]")) {
      one.hidden = !words.every((word) => one.dataset.find.includes(word));
      one.style.display = one.hidden ? "none" : "";
      any ||= !one.hidden;
    }
    group.hidden = !any;
    if (words.length) group.open = any;
  }
}

// ---- why

function openWhy(answer) {
  const disputes = state.about.disputes;
  const told = JSON.stringify(answer);
  const named = disputes.find((one) => told.includes(one.id)) ?? disputes[0];
  at("why-title").textContent = "Why a state comes, or stays out";
  const dispute = make("select", { ariaLabel: "Dispute" }, ...disputes.map((one) =>
    make("option", { value: one.id, selected: one === named }, `${one.id}: ${one.challenger} against ${one.target}`)));
  const by = make("select", { ariaLabel: "State" });
  const fill = () => {
    const here = disputes.find((one) => one.id === dispute.value);
    by.replaceChildren(...here.others.map((code) =>
      make("option", { value: code, selected: code === here.ally }, state.about.states[code])));
    explain(dispute.value, by.value);
  };
  dispute.addEventListener("change", fill);
  by.addEventListener("change", () => explain(dispute.value, by.value));
  at("why-choice").replaceChildren(dispute, " ", by);
  at("why").showModal();
  fill();
}

async function explain(dispute, by) {
  const body = at("why-body");
  body.replaceChildren(make("p", { className: "note" }, "…"));
  try {
    const said = await json("api/why", { ...wanted(), dispute, by });
    const terms = Object.entries(said.terms).filter(([, x]) => Math.abs(x) >= 0.05);
    const most = Math.max(...terms.map(([, x]) => Math.abs(x)), 1e-9);
    body.replaceChildren(
      make("p", {}, `What fighting for ${said.target} is worth to ${said.name} on the first day, in logits against staying out: means over ${said.draws} parameter draws. Prospects, the risk of a wider war and the unexplained will come on top.`),
      ...terms.map(([name, x]) => term(name, x, most)),
      make("h3", {}, "What it owes by treaty"),
      ...(said.law.length ? said.law : ["No treaty binds it to this side."]).map((line) => make("p", { className: "note" }, line)),
    );
  } catch (error) {
    body.replaceChildren(make("p", {}, (error.faults ?? [{ what: String(error) }]).map((one) => one.what).join("; ")));
  }
}

function term(name, x, most) {
  const beam = make("span", { className: x < 0 ? "against" : "" });
  beam.style.width = `${50 * Math.abs(x) / most}%`;
  beam.style[x < 0 ? "right" : "left"] = "50%";
  return make("div", { className: "term" }, make("span", {}, name), make("div", { className: "beam" }, beam),
    make("span", { className: "num" }, `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(2)}`));
}

// ---- files

async function keep(path, body, name) {
  try {
    say("writing the file …");
    const said = await ask(path, body);
    download(await said.blob(), name);
    say(`${name}: written`);
  } catch (error) { fault(error); }
}

function download(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function openFile() {
  const [file] = at("open").files;
  if (file) await take({ scenario: file.name, text: await file.text() });
  at("open").value = "";
}

async function take(source) {
  try {
    const turn = (state.turn = {}), about = await json("api/scenario", source);
    if (state.turn !== turn) return; // another was chosen meanwhile
    Object.assign(state, { source, about, asOf: "" });
    at("as-of").value = "";
    state.base.clear();
    restart();
    lay(about);
    refresh();
  } catch (error) { fault(error); }
}

function restart() {
  state.set.clear();
  state.without.clear();
  layInputs(state.about);
}

// ---- begin

function listen() {
  at("scenario").addEventListener("change", () => take({ scenario: at("scenario").value }));
  at("as-of").addEventListener("change", () => { state.asOf = at("as-of").value; state.base.clear(); refresh(); });
  at("reset").addEventListener("click", () => { restart(); refresh(); });
  at("open").addEventListener("change", openFile);
  at("save").addEventListener("click", () => keep("api/file", wanted(), `${state.about.scenario}.yaml`));
  at("report").addEventListener("click", () =>
    keep("api/report", { ...wanted(), runs: QUICK, as_of: state.asOf || null }, `${state.about.scenario}.html`));
  at("find").addEventListener("input", filter);
}

async function main() {
  const known = await json("api/scenarios");
  const named = new URLSearchParams(location.search).get("scenario"); // a link may name one
  if (named in known) state.source = { scenario: named };
  at("scenario").replaceChildren(...Object.entries(known).map(([id, title]) =>
    make("option", { value: id, selected: id === state.source.scenario }, title)));
  listen();
  await take(state.source);
}

main().catch(fault);
