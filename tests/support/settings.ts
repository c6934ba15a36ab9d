import { join } from "node:path";
import { parseOfficerId } from "../../src/domain/ids.ts";
import type { Settings } from "../../src/domain/settings.ts";

/** Settings of a workspace at `root`, with what a test wants otherwise laid over them. */
export function testSettings(root: string, given: Partial<Settings> = {}): Settings {
  return {
    workspace: root,
    unit: null,
    officer: parseOfficerId("nv-0123") ?? null,
    lang: "vi",
    profile: "nd30",
    jobs: 1,
    memory: 1200,
    nice: false,
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
    separators: { codes: [], keep: false },
    passwordFile: null,
    signing: {
      key: null,
      passphraseFile: null,
      credential: null,
      level: "B-B",
      padding: "pkcs1",
      digest: "sha256",
      appearance: "none",
      copyForm: "SAO Y",
      seal: null,
      tsa: [],
      trust: [],
      tlsRoots: [],
      revocation: "off",
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
    ...given,
  };
}
