// The elements of the page: what is shown, and what the reader asks for.
(() => {
  const { moment, shortKey } = Rows;
  const byId = (id) => document.getElementById(id);
  const LOG_LENGTH = 300;

  /** What is shown now. */
  const view = { state: null, count: 0, records: [], rows: null, account: "", words: [], logWords: [], open: new Set() };

  // Building blocks. Data becomes text, never markup.

  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };
  const TABLE_ROLES = { tbody: "rowgroup", tr: "row", td: "cell" };
  const part = (tag, className, ...children) => {
    const element = make(tag, className, ...children);
    element.setAttribute("role", TABLE_ROLES[tag]);
    return element;
  };
  const heading = (scope, className, ...children) => {
    const element = make("th", className, ...children);
    element.scope = scope;
    element.setAttribute("role", scope === "row" ? "rowheader" : "columnheader");
    return element;
  };

  const clock = (seconds) => {
    const time = new Date(seconds * 1000);
    const two = (number) => String(number).padStart(2, "0");
    return [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  };
  const TONES = {
    Enabled: "ok", InSync: "ok", Disabled: "off", Unavailable: "gone", Failed: "gone",
    Creating: "work", Updating: "work", InProgress: "work", PendingImport: "wait",
    PendingDeletion: "gone", PendingReplicaDeletion: "gone", "Marked for deletion": "gone",
  };
  const tone = (state) => TONES[state] || "ok";

  const matches = (text, words) => words.every((word) => text.includes(word));

  // From rows to elements. What has not changed is left alone.

  const reconcile = (parent, first, items, build, isFresh) => {
    const known = new Map();
    for (const child of parent.children) if (child.dataset.key) known.set(child.dataset.key, child);
    let next = first;
    for (const item of items) {
      let element = known.get(item.key);
      known.delete(item.key);
      if (!element || element.signature !== item.signature) {
        const built = build(item);
        built.dataset.key = item.key;
        built.signature = item.signature;
        if (isFresh) built.classList.add("changed");
        if (element) {
          const hadFocus = element.contains(document.activeElement);
          if (next === element) next = element.nextElementSibling;
          element.replaceWith(built);
          if (hadFocus) built.querySelector("button")?.focus({ preventScroll: true });
          if (built.nextElementSibling !== next) parent.insertBefore(built, next);
        } else parent.insertBefore(built, next);
        element = built;
      } else if (element === next) next = element.nextElementSibling;
      else parent.insertBefore(element, next);
      element.hidden = item.isHidden === true;
    }
    for (const rest of known.values()) rest.remove();
  };

  const buildDetails = (entries) => {
    const list = make("dl", "");
    for (const [name, value, isMono] of entries) {
      if (value) list.append(make("dt", "", name), make("dd", isMono ? "id" : "", value));
    }
    return list;
  };

  const buildVersion = (version) => {
    const stages = version.stages.length ? version.stages.join(", ") : "no stage";
    const element = make("div", "version", buildDetails([
      ["Version", version.id, true], ["Stages", stages], ["Created", moment(version.created)],
      ["Encrypted by", version.kms_keys.map(shortKey).join(", "), true],
    ]));
    const hidden = make("dd", "hidden-value", "••••••••", make("i", "", "hidden"));
    element.firstChild.append(make("dt", "", "Value"), hidden);
    return element;
  };

  const buildCard = (card) => {
    const element = make("div", "card", make("h3", "", card.title), buildDetails(card.details));
    if (card.versions?.length) {
      element.append(make("h3", "", "Versions"), ...card.versions.map(buildVersion));
    }
    return element;
  };

  const buildCell = (region, cells, reach) => {
    const cell = cells.find((it) => it.region === region);
    const rail = make("div", "rail");
    const element = part("td", cell ? "cell" : "cell none", rail);
    const place = reach.indexOf(region);
    if (place > 0) element.classList.add("from-left");
    if (place >= 0 && place < reach.length - 1) element.classList.add("to-right");
    if (!cell) return element;
    const dot = make("span", `dot ${tone(cell.state)}`);
    if (cell.role === "primary") dot.classList.add("main");
    if (cell.role === "") dot.classList.add("alone");
    if (tone(cell.state) === "work") dot.classList.add("busy");
    rail.append(dot);
    const facts = make("div", "facts", make("span", `state ${tone(cell.state)}`, cell.state));
    facts.dataset.region = region;
    if (cell.role) facts.append(make("span", "role", cell.role));
    for (const fact of cell.facts) facts.append(make("div", fact.mono ? "fact id" : "fact", fact.text));
    element.append(facts);
    return element;
  };

  const buildItem = (regions) => ({ row }) => {
    const places = row.cells.map((cell) => regions.indexOf(cell.region));
    const reach = regions.slice(Math.min(...places), Math.max(...places) + 1);
    const toggle = make("button", "", row.title);
    toggle.type = "button";
    const name = heading("row", "name", toggle);
    if (row.code && row.code !== row.title) name.append(make("div", "id", row.code));
    if (row.about) name.append(make("div", "about", row.about));
    name.append(make("div", "traits", row.traits));
    const line = part("tr", "row", name, ...regions.map((region) => buildCell(region, row.cells, reach)));
    const item = part("tbody", "item", line);
    let more = null;
    const show = () => {
      const isOpen = view.open.has(row.id);
      toggle.setAttribute("aria-expanded", String(isOpen));
      if (isOpen && !more) {
        const cell = part("td", "", make("div", "cards", ...row.cards().map(buildCard)));
        cell.colSpan = regions.length + 1;
        more = part("tr", "more", cell);
        item.append(more);
      }
      if (more) more.hidden = !isOpen;
    };
    toggle.addEventListener("click", () => {
      if (!view.open.delete(row.id)) view.open.add(row.id);
      show();
    });
    show();
    return item;
  };

  const buildSection = ({ title, count, width }) => {
    const cell = heading("rowgroup", "", title, make("span", "count", count));
    cell.colSpan = width;
    return part("tbody", "section", part("tr", "", cell));
  };

  const showThings = (isFresh) => {
    if (!view.state) return;
    view.rows ??= Rows.of(view.state, view.account);
    const { rows } = view;
    const regions = [...new Set([...rows.keys, ...rows.secrets].flatMap((row) => row.cells.map((cell) => cell.region)))].sort();
    const columns = regions.join(" ");
    if (byId("regions").signature !== columns) {
      byId("regions").signature = columns;
      byId("regions").replaceChildren(...["", ...regions].map((region) => heading("col", "", region)));
      byId("regions").firstChild.setAttribute("aria-label", "Name");
    }
    const items = [];
    for (const [title, all] of [["Keys", rows.keys], ["Secrets", rows.secrets]]) {
      const rowItems = all.map((row) => ({
        key: row.id, row, signature: columns + row.signature, isHidden: !matches(row.text, view.words),
      }));
      const shown = rowItems.filter((item) => !item.isHidden).length;
      const count = shown === all.length ? String(shown) : `${shown} of ${all.length}`;
      if (all.length) items.push({ key: title, title, count, width: regions.length + 1, signature: `${count} ${columns}` }, ...rowItems);
    }
    const table = byId("map");
    const build = buildItem(regions);
    reconcile(table, table.tHead.nextElementSibling, items, (item) => (item.row ? build(item) : buildSection(item)), isFresh);
    for (const section of table.querySelectorAll(".section.changed")) section.classList.remove("changed");
    const isEmpty = regions.length === 0;
    table.hidden = isEmpty;
    byId("empty").hidden = !isEmpty;
    byId("empty-command").textContent =
      `export AWS_ENDPOINT_URL=${location.origin}\naws kms create-key --region eu-central-1`;
  };

  const showAccounts = () => {
    const { keys, secrets } = view.state;
    const accounts = [...new Set([...keys, ...secrets].map((item) => item.account))].sort();
    if (view.account && !accounts.includes(view.account)) accounts.push(view.account);
    const select = byId("account");
    const signature = accounts.join(" ");
    if (select.signature === signature) return;
    select.signature = signature;
    select.replaceChildren(new Option("all", ""), ...accounts.map((account) => new Option(account, account)));
    select.value = view.account;
  };

  const buildRecord = ({ record }) => {
    const isBad = record.status === null || record.status >= 400;
    const status = record.status === null ? "dropped" : String(record.status);
    const time = make("time", "", clock(record.time));
    time.dateTime = new Date(record.time * 1000).toISOString();
    time.title = moment(record.time);
    const where = [record.region, record.service].filter(Boolean).join("  ·  ");
    return make("li", isBad ? "record bad" : "record",
      time, make("span", "operation", record.operation || "no operation"), make("span", "status", status),
      where ? make("div", "where", where) : null,
      record.error_code ? make("div", "error", record.error_code) : null,
      make("div", "request", record.request_id));
  };

  const showLog = (isFresh) => {
    const items = view.records
      .filter((record) => matches(Object.values(record).join(" ").toLowerCase(), view.logWords))
      .map((record) => ({ key: record.request_id, record, signature: "" }));
    const list = byId("records");
    reconcile(list, list.firstElementChild, items, buildRecord, isFresh);
    byId("log-count").textContent = view.count.toLocaleString();
  };

  // What is new.

  const load = async (path) => {
    const response = await fetch(path, { cache: "no-store" });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  };

  const loadState = async () => {
    const isFirst = view.state === null;
    view.state = await load("/_local/state");
    view.rows = null;
    showAccounts();
    showThings(!isFirst);
  };

  const loadLog = async (isRestarted) => {
    const isFirst = view.count === 0;
    if (isRestarted) Object.assign(view, { count: 0, records: [] });
    const { count, records } = await load(`/_local/log?after=${view.count}`);
    view.count = count;
    view.records = [...records.reverse(), ...view.records].slice(0, LOG_LENGTH);
    showLog(!isFirst);
  };

  let news = null;
  let isLoading = false;
  const catchUp = async () => {
    if (isLoading || document.hidden) return;
    isLoading = true;
    try {
      while (news) {
        const { revision, requests } = news;
        news = null;
        if (view.state?.revision !== revision) await loadState();
        if (view.count !== requests) await loadLog(requests < view.count);
      }
    } catch {
      tellLive(false);
    } finally {
      isLoading = false;
    }
  };

  const tellLive = (isLive) => {
    byId("live").classList.toggle("is-live", isLive);
    byId("live-text").textContent = isLive ? "live" : "not connected, trying again";
  };

  const showRules = (rules) => {
    const told = [];
    if (rules.faults) told.push(make("li", "alarm", rules.faults === 1 ? "1 fault rule active" : `${rules.faults} fault rules active`));
    if (rules.lag !== null) told.push(make("li", "alarm", `reads lag up to ${rules.lag / 1000} s`));
    if (rules.quotas !== null) told.push(make("li", "", `quotas × ${rules.quotas}`));
    if (rules.iam) told.push(make("li", "", "IAM policies decide"));
    if (rules.signatures) told.push(make("li", "", "signatures verified"));
    byId("rules").replaceChildren(...told);
  };

  const events = new EventSource("/_local/events");
  events.addEventListener("open", () => tellLive(true));
  events.addEventListener("error", () => tellLive(false));
  events.addEventListener("change", (event) => {
    news = JSON.parse(event.data);
    showRules(news.rules);
    catchUp();
  });
  document.addEventListener("visibilitychange", catchUp);

  // What the reader asks for.

  const onWords = (input, use) => {
    let pending = 0;
    input.addEventListener("input", () => {
      cancelAnimationFrame(pending);
      pending = requestAnimationFrame(() => use(input.value.toLowerCase().split(/\s+/).filter(Boolean)));
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      input.value = "";
      input.dispatchEvent(new Event("input"));
    });
  };
  const filter = byId("filter");
  onWords(filter, (words) => {
    view.words = words;
    showThings(false);
  });
  onWords(byId("log-filter"), (words) => {
    view.logWords = words;
    showLog(false);
  });
  byId("account").addEventListener("change", (event) => {
    view.account = event.target.value;
    view.rows = null;
    showThings(false);
  });
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      filter.focus();
    }
  });
})();
