"use strict";
// What is shown of the state: a row for each set of related keys and for each secret, with a cell
// for each of its Regions.
const Rows = (() => {
  const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
  const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const date = (seconds) => dayFormat.format(seconds * 1000);
  const moment = (seconds) => momentFormat.format(seconds * 1000);
  const days = (number) => (number === 1 ? "1 day" : `${number} days`);
  const shortKey = (name) => (name || "aws/secretsmanager").replace(/^.*:(key|alias)\//, "").replace(/^alias\//, "");

  // From the state to rows: one for each set of related keys, one for each secret with its replicas.

  const grouped = (items, keyOf) => {
    const groups = new Map();
    for (const item of items) {
      const key = keyOf(item);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(item);
    }
    return groups;
  };

  const keyCell = (key) => {
    const facts = key.aliases.map((alias) => ({ text: alias, mono: true }));
    if (key.deletion_date) facts.push({ text: `until ${date(key.deletion_date)}` });
    else if (key.deletion_window_days) facts.push({ text: `after its replicas, ${days(key.deletion_window_days)}` });
    if (key.on_demand_rotation) facts.push({ text: "rotation at work" });
    if (key.valid_to) facts.push({ text: `material until ${date(key.valid_to)}` });
    if (key.grants) facts.push({ text: key.grants === 1 ? "1 grant" : `${key.grants} grants` });
    const role = key.multi_region ? (key.region === key.primary_region ? "primary" : "replica") : "";
    return { region: key.region, state: key.state, role, facts };
  };

  const keyDetails = (key) => [
    ["ARN", key.arn, true],
    ["Description", key.description],
    ["Aliases", key.aliases.join(", "), true],
    ["Created", moment(key.created)],
    ["Spec", key.spec],
    ["Usage", key.usage],
    ["Origin", key.origin],
    ["Rotation", key.rotation_days ? `every ${days(key.rotation_days)}, next ${date(key.next_rotation)}` : "off"],
    ["On demand", key.on_demand_rotation ? `since ${moment(key.on_demand_rotation)}` : ""],
    ["Material", key.valid_to ? `until ${moment(key.valid_to)}` : ""],
    ["Deletion", key.deletion_date ? moment(key.deletion_date) : ""],
    ["Grants", String(key.grants)],
    ...tagDetails(key.tags),
  ];

  const tagDetails = (tags) =>
    Object.entries(tags).map(([name, value]) => [name, value === null ? "hidden" : value || "(empty)"]);

  const keyRow = ([id, keys]) => {
    const main = keys.find((key) => key.region === key.primary_region) || keys[0];
    const named = [main, ...keys].find((key) => key.aliases.length > 0);
    const traits = [main.spec];
    if (main.is_managed_by_aws) traits.push("managed by AWS");
    if (main.usage !== "ENCRYPT_DECRYPT") traits.push(main.usage);
    if (main.rotation_days) traits.push(`rotates every ${days(main.rotation_days)}`);
    if (main.origin !== "AWS_KMS") traits.push(main.origin);
    return {
      id: `key ${id}`, title: named ? shortKey(named.aliases[0]) : main.description || main.id,
      isNamed: Boolean(named), isManaged: main.is_managed_by_aws, code: main.id, about: named ? main.description : "",
      traits: traits.join("  ·  "), cells: keys.map(keyCell),
      cards: () => keys.map((key) => ({ title: key.region, details: keyDetails(key) })), source: keys,
    };
  };

  const rotationText = (rotation) => {
    if (!rotation) return "never configured";
    const last = rotation.last ? `, last ${date(rotation.last)}` : "";
    if (!rotation.enabled) return `off${last}`;
    return `on${rotation.next ? `, next by ${date(rotation.next)}` : ""}${last}`;
  };

  const secretDetails = (secret) => [
    ["ARN", secret.arn, true],
    ["Description", secret.description],
    ["Key", shortKey(secret.kms_key), true],
    ["Created", moment(secret.created)],
    ["Changed", moment(secret.changed)],
    ["Read", secret.accessed ? date(secret.accessed) : "never"],
    ["Rotation", rotationText(secret.rotation)],
    ["Deletion", secret.deletion_date ? moment(secret.deletion_date) : ""],
    ...tagDetails(secret.tags),
  ];

  const secretRow = ([id, secrets]) => {
    const main = secrets.find((secret) => !secret.primary_region) || secrets[0];
    const current = main.versions.find((version) => version.stages.includes("AWSCURRENT"));
    const cells = [];
    for (const secret of secrets) {
      const known = main.replicas.find((replica) => replica.region === secret.region);
      if (known && secret !== main) continue;
      const state = secret.deletion_date ? "Marked for deletion" : secret.versions.length ? "Available" : "Without value";
      const facts = [{ text: shortKey(secret.kms_key), mono: true }];
      if (secret.deletion_date) facts.push({ text: `until ${date(secret.deletion_date)}` });
      if (secret.rotation?.running) facts.push({ text: "rotation at work" });
      const role = secret.primary_region ? "replica" : main.replicas.length ? "primary" : "";
      cells.push({ region: secret.region, state, role, facts });
    }
    for (const replica of main.replicas) {
      const facts = [{ text: shortKey(replica.kms_key), mono: true }];
      if (replica.status === "Failed") facts.push({ text: replica.message });
      cells.push({ region: replica.region, state: replica.status, role: "replica", facts });
    }
    const used = main.versions.length;
    const traits = [used === 0 ? "no version" : used === 1 ? "1 version" : `${used} versions`, `changed ${moment(main.changed)}`];
    if (main.rotation?.enabled && main.rotation.next) traits.push(`rotates by ${date(main.rotation.next)}`);
    return {
      id: `secret ${id}`, title: main.name, isNamed: true, isManaged: false, code: current ? current.id : "", about: main.description,
      traits: traits.join("  ·  "),
      cells, source: secrets, cards: () => secrets.map((secret) => ({
        title: secret.region, details: secretDetails(secret), versions: secret.versions,
      })),
    };
  };

  const of = (state, account) => {
    const mine = (item) => !account || item.account === account;
    const keys = grouped(state.keys.filter(mine), (key) =>
      `${key.account} ${key.id} ${key.multi_region ? "" : key.region}`);
    const secrets = grouped(state.secrets.filter(mine), (secret) =>
      `${secret.account} ${secret.arn.split(":secret:")[1]} ${secret.primary_region || secret.region}`);
    // What the reader has made comes before what AWS has.
    const byName = (one, other) =>
      Number(one.isManaged) - Number(other.isManaged) ||
      Number(other.isNamed) - Number(one.isNamed) || one.title.localeCompare(other.title) || one.id.localeCompare(other.id);
    // The account is told where it is not the same for all.
    const isTold = new Set([...state.keys, ...state.secrets].filter(mine).map((item) => item.account)).size > 1;
    const told = ({ source, ...row }) => {
      if (isTold) row.traits += `  ·  ${row.id.split(" ")[1]}`;
      row.signature = JSON.stringify([row.traits, source]);
      row.text = JSON.stringify([row.traits, source.map(Object.values)]).toLowerCase();
      return row;
    };
    return {
      keys: [...keys].map(keyRow).map(told).sort(byName),
      secrets: [...secrets].map(secretRow).map(told).sort(byName),
    };
  };

  return { moment, of, shortKey };
})();
