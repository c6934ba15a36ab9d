import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findWorkspace } from "../../src/settings/find-workspace.ts";
import { loadSettings } from "../../src/settings/load-settings.ts";
import { variableOf } from "../../src/settings/layers.ts";
import { SETTING_KINDS } from "../../src/settings/schema.ts";
import { scratchFolder } from "../support/program.ts";

const scratch = scratchFolder("settings");

function workspace(yaml: string): string {
  const folder = mkdtempSync(join(scratch, "w-"));
  writeFileSync(join(folder, "sohoa.yaml"), yaml, { mode: 0o644 });
  return folder;
}

const load = (yaml: string, env = {}, flags = {}) => loadSettings({ flags, env, cwd: workspace(yaml) });

it("gives every default from an empty file, with absolute paths", async () => {
  const settings = await load("");
  const root = settings.workspace;
  expect(settings).toEqual({
    workspace: root,
    unit: null,
    officer: userInfo().username,
    lang: "vi",
    profile: "nd30",
    jobs: availableParallelism(),
    memory: 1200,
    nice: true,
    ocr: {
      engine: "auto",
      languages: ["vie"],
      tessdata: null,
      minConfidence: 0.6,
      secondLook: true,
      pageTimeout: 120,
    },
    clean: [],
    dropBlank: false,
    separators: { codes: ["^ASN[0-9]{2,8}$"], keep: false },
    passwordFile: null,
    signing: {
      key: null,
      passphraseFile: null,
      level: "B-B",
      appearance: "tt01-scan",
      trust: [],
      credential: null,
      padding: "pkcs1",
      digest: "sha256",
      copyForm: "SAO Y",
      seal: null,
      tsa: [],
      tlsRoots: [],
      revocation: "require",
      timeout: 20,
    },
    targets: [`folder:${join(root, "kho")}`],
    export: [],
    allowTestSignature: false,
    requireRegister: false,
    strict: false,
    ledger: join(root, ".sohoa", "ledger.sqlite"),
    objects: join(root, ".sohoa", "objects"),
    retention: { days: 30 },
  });
});

it("lets a flag win over the environment, and the environment over the file", async () => {
  const yaml = "unit: H57.132\njobs: 2\nocr: { pageTimeout: 30, minConfidence: 0.5 }\nlang: en\n";
  const env = { SOHOA_JOBS: "3", SOHOA_OCR_PAGE_TIMEOUT: "45", SOHOA_UNIT: "H56.14", PATH: "/bin" };
  const settings = await load(yaml, env, { unit: "h57.9", jobs: undefined, "ocr.pageTimeout": "60" });
  expect(settings).toMatchObject({ unit: "H57.9", jobs: 3, lang: "en" });
  expect(settings.ocr).toMatchObject({ pageTimeout: 60, minConfidence: 0.5 });
});

it("reads numbers, yes and no, and lists from the environment", async () => {
  const settings = await load("ocr:\n# all commented out\n", {
    SOHOA_ALLOW_TEST_SIGNATURE: "yes",
    SOHOA_OCR_LANGUAGES: "vie, eng",
    SOHOA_TARGETS: "folder:a,folder:./b,folder:a",
    SOHOA_SIGNING_KEY: "keys/đơn vị.p12",
    SOHOA_RETENTION_DAYS: "7",
    SOHOA_STRICT: "",
  });
  const root = settings.workspace;
  expect(settings.allowTestSignature).toBe(true);
  expect(settings.ocr.languages).toEqual(["vie", "eng"]);
  expect(settings.targets).toEqual([`folder:${join(root, "a")}`, `folder:${join(root, "b")}`]);
  expect(settings.signing.key).toBe(join(root, "keys", "đơn vị.p12"));
  expect(settings.retention.days).toBe(7);
  expect(settings.strict).toBe(false);
});

it("reads what may be done to pages and stacks, wherever it is said", async () => {
  const yaml =
    "clean: [deskew, spread]\nseparators: { codes: ['^ASN\\d{2,5}$'] }\npasswordFile: keys/pdf.pass\n";
  const file = await load(yaml);
  expect(file).toMatchObject({ clean: ["deskew", "spread"], separators: { keep: false } });
  expect(file.separators.codes).toEqual([String.raw`^ASN\d{2,5}$`]);
  expect(file.passwordFile).toBe(join(file.workspace, "keys", "pdf.pass"));
  const env = {
    SOHOA_CLEAN: "photo, holes",
    SOHOA_DROP_BLANK: "1",
    SOHOA_SEPARATORS_CODES: "^A{1,3}$\n^B",
    SOHOA_SEPARATORS_KEEP: "on",
    SOHOA_PASSWORD_FILE: "p.txt",
    SOHOA_PROFILE: "compact",
  };
  const settings = await load(yaml, env, { "separators.codes": ["C,D"] });
  expect(settings).toMatchObject({ clean: ["photo", "holes"], dropBlank: true, profile: "compact" });
  expect(settings.separators).toEqual({ codes: ["C,D"], keep: true });
  expect((await load(yaml, env)).separators.codes).toEqual(["^A{1,3}$", "^B"]);
  expect(settings.passwordFile).toBe(join(settings.workspace, "p.txt"));
  expect((await load(yaml, { SOHOA_CLEAN: "none" })).clean).toEqual([]);
});

it("accepts every name and neutral value that scripts rely on", async () => {
  const settings = await load(`
unit: H57.132
officer: nv-0123
lang: vi
profile: nd30
jobs: 2
memory: 1200
ocr: { engine: auto, languages: [vie], tessdata: null, minConfidence: 0.6, pageTimeout: 120 }
signing: { key: keys/unit.p12, passphraseFile: keys/unit.pass, level: B-B, appearance: tt01-scan, tsa: [], trust: [keys/root.pem], revocation: require }
targets: ["folder:./kho"]
allowTestSignature: false
ledger: null
queue: null
objects: null
retention: { days: 30 }
`);
  expect(settings).toMatchObject({ unit: "H57.132", officer: "nv-0123", signing: { revocation: "require" } });
});

it("freezes what it returns, to the last level", async () => {
  const settings = await load("signing: { trust: [a.pem] }");
  expect(Object.isFrozen(settings) && Object.isFrozen(settings.ocr)).toBe(true);
  expect(() => (settings.signing.trust as string[]).push("b")).toThrow(TypeError);
});

it("takes time-stamp servers by address, by port and by a name without a dot", async () => {
  const tsa = ["http://10.1.2.3/tsa", "http://127.0.0.1:318", "https://tsa:8443/rfc3161"];
  const settings = await load(`signing: { tsa: ${JSON.stringify(tsa)} }`);
  expect(settings.signing.tsa).toEqual(tsa);
});

it.each([
  ["unnit: H57", "unknown setting unnit; the nearest right name is unit"],
  ["ocr: { pageTimeOut: 3 }", "unknown setting ocr.pageTimeOut; the nearest right name is ocr.pageTimeout"],
  ["pageTimeout: 3", "the nearest right name is ocr.pageTimeout"],
  ["signing: { passphrase: x }", "the nearest right name is signing.passphraseFile"],
  ["signing: { level: B-T }", "needs a time-stamp authority in signing.tsa"],
  ["signing: { appearance: archive }", "needs the PNG of the seal in signing.seal"],
  ['signing: { key: "https://sign.example" }', "needs signing.credential"],
  ['signing: { tsa: ["tsa.example"] }', "is not an http:// or https:// address"],
  ['signing: { key: "pkcs11:token=a?pin-value=1234" }', "no PIN in the settings"],
  ["signing: { level: B-X }", "signing.level"],
  ["queue: redis://localhost", "queue: is not yet supported"],
  ["ledger: postgres://localhost/so", "ledger: postgres: is not yet supported"],
  ['targets: ["s3:kho"]', "targets: s3: is not yet supported"],
  ['targets: ["kho"]', "targets: is not folder:PATH"],
  ["targets: []", "targets: names no target"],
  ["clean: [polish]", "clean.0"],
  ["separators: { codes: ['('] }", "separators.codes.0: is no regular expression"],
  ["dropblank: true", "the nearest right name is dropBlank"],
  ["jobs: nhiều", "jobs"],
  ["jobs: 0", "jobs"],
  ["ocr: 5", "ocr"],
  ["unit: Huế", "unit: not an organisation code"],
  ["officer: '!'", "officer: not an officer code"],
  ["- unit", "holds no list"],
  ["unit: [", "line 1"],
  ["unit: a\nunit: b", "line 2"],
])("refuses %j and says why", async (yaml, why) => {
  await expect(load(yaml)).rejects.toMatchObject({ code: "settings", detail: expect.stringContaining(why) });
});

it("names the variable a wrong value came from, and takes its words in any letter case", async () => {
  await expect(load("", { SOHOA_EXPORT: "alto,pdf" })).rejects.toMatchObject({
    code: "settings",
    detail: "SOHOA_EXPORT: chỉ nhận hocr, alto / must be one of hocr, alto",
  });
  const settings = await load("", { SOHOA_EXPORT: "ALTO", SOHOA_OCR_ENGINE: "Auto", SOHOA_LANG: "EN" });
  expect(settings).toMatchObject({ export: ["alto"], ocr: { engine: "auto" }, lang: "en" });
});

it("blames the file when it is wrong too", async () => {
  await expect(load("jobs: 0\n", {}, { export: "pdf" })).rejects.toMatchObject({
    code: "settings",
    detail: expect.stringMatching(/^jobs: .*; --export: /u),
  });
});

it("takes the neutral values of names it cannot serve yet", async () => {
  const settings = await load("queue: null\nledger: null\nobjects: null\n");
  expect(settings).not.toHaveProperty("queue");
});

it("names no value of the file in its error, for it could be a secret", async () => {
  const error: unknown = await load("signing: { key: [bí-mật-123]\n").catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "settings" });
  expect(String(error)).not.toContain("bí-mật");
});

it("refuses a variable that is almost a right one, and lets foreign ones be", async () => {
  await expect(load("", { SOHOA_JOB: "3" })).rejects.toMatchObject({
    code: "settings",
    detail:
      "không có biến SOHOA_JOB, có phải SOHOA_JOBS? / unknown variable SOHOA_JOB; did you mean SOHOA_JOBS?",
  });
  const env = { SOHOA_SOMETHING_ELSE: "1", SOHOA_KEY_PASSPHRASE: "x" };
  await expect(load("", env)).resolves.toMatchObject({ lang: "vi" });
});

it("has one variable for every setting", () => {
  const variables = Object.keys(SETTING_KINDS).map(variableOf);
  expect(new Set(variables).size).toBe(variables.length);
  expect(variables).toContain("SOHOA_SIGNING_PASSPHRASE_FILE");
});

it.skipIf(process.platform === "win32")("refuses settings that everybody may change", async () => {
  const folder = workspace("lang: vi\n");
  chmodSync(join(folder, "sohoa.yaml"), 0o666);
  await expect(loadSettings({ flags: {}, env: {}, cwd: folder })).rejects.toMatchObject({
    code: "settings",
    detail: expect.stringContaining("chmod o-w"),
  });
});

it("finds the workspace upward, or exactly where it was told", async () => {
  const folder = workspace("lang: en\n");
  const deep = join(folder, "quét", "2026");
  mkdirSync(deep, { recursive: true });
  expect(await findWorkspace(deep)).toBe(folder);
  expect(await findWorkspace(tmpdir(), folder)).toBe(folder);
  const named = await loadSettings({ flags: {}, env: { SOHOA_WORKSPACE: folder }, cwd: tmpdir() });
  expect(named.lang).toBe("en");
  await expect(findWorkspace(folder, deep)).rejects.toMatchObject({ code: "workspace" });
  await expect(findWorkspace(mkdtempSync(join(scratch, "none-")))).rejects.toMatchObject({
    code: "workspace",
  });
});
