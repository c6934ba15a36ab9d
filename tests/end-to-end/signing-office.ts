import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onePagePdf } from "../pdf/small-pdf.ts";
import { type FullPki, makeFullPki, type SignerName } from "../support/pki/full-pki.ts";
import { type Services, startServices } from "../support/pki/services.ts";
import { type Ended, type Event, events, sohoa } from "../support/program.ts";

/** Lines of `signing:` in sohoa.yaml. */
interface Signing {
  readonly level?: "B-B" | "B-T" | "B-LT" | "B-LTA";
  readonly revocation?: "off" | "warn" | "require";
  /** The good one, unless it says otherwise. */
  readonly tsa?: readonly string[];
  readonly padding?: "pkcs1" | "pss";
  readonly timeout?: number;
  readonly appearance?: string;
  /** Instead of a signer's PKCS#12 file. */
  readonly key?: string;
  readonly passphraseFile?: string;
}

export interface Office {
  readonly pki: FullPki;
  readonly services: Services;
  readonly input: string;
  readonly papers: number;
  /** A workspace whose papers are read and wait for their signature. */
  workspace(signer: SignerName, signing?: Signing, more?: object): string;
  /** Writes other settings into it. */
  settle(workspace: string, signer: SignerName, signing?: Signing, more?: object): void;
  run(workspace: string, options?: Parameters<typeof sohoa>[1]): Promise<Told>;
  close(): Promise<void>;
}

export interface Told extends Ended {
  /** How each paper ended: `state` or `state reason`, sorted. */
  readonly papers: readonly string[];
}

/** A PKI with its servers, and papers that were read once: every workspace is a copy of that. */
export async function openOffice(folder: string, papers: number): Promise<Office> {
  const services = await startServices(join(folder, "pki"));
  const pki = makeFullPki(join(folder, "pki"), services.address);
  const input = layOutPdfs(join(folder, "quet"), papers);
  const read = join(folder, "read");
  mkdirSync(read);
  writeFileSync(join(folder, "pass"), `${pki.passphrase}\n`);
  const settle: Office["settle"] = (workspace, signer, signing = {}, more = {}) => {
    const keys = { key: pki.signer(signer).pkcs12, passphraseFile: join(folder, "pass") };
    const usual = { ...keys, trust: [pki.root], tsa: [services.tsa()], appearance: "none", timeout: 2 };
    const settings = { unit: "H57.132", officer: "nv-0123", signing: { ...usual, ...signing }, ...more };
    // JSON is YAML.
    writeFileSync(join(workspace, "sohoa.yaml"), JSON.stringify(settings));
  };
  settle(read, "p256");
  await sohoa(["run", input, "--no-sign", "--workspace", read]);
  let made = 0;
  return {
    pki,
    services,
    input,
    papers,
    settle,
    workspace(...given) {
      const workspace = join(folder, `w${++made}`);
      cpSync(read, workspace, { recursive: true });
      settle(workspace, ...given);
      return workspace;
    },
    run: (workspace, options) => run(workspace, input, options),
    close: () => services.stop(),
  };
}

async function run(workspace: string, input: string, options?: Parameters<typeof sohoa>[1]): Promise<Told> {
  const ended = await sohoa(["run", input, "--json", "--workspace", workspace], options);
  const whole = ended.out.slice(0, ended.out.lastIndexOf("\n") + 1);
  const documents = events(whole).filter(({ type }) => type === "document");
  const wordOf = ({ state, reason }: Event) => [state, reason ?? ""].join(" ").trim();
  return { ...ended, papers: documents.map(wordOf).toSorted() };
}

/** One page of text each, in folders named by dossier codes: nothing has to be recognised. */
function layOutPdfs(folder: string, papers: number): string {
  for (let paper = 1; paper <= papers; paper++) {
    const dossier = join(folder, `H57.132-260810-${String(100 + paper).padStart(4, "0")}`);
    mkdirSync(dossier, { recursive: true });
    const lines = Array.from(
      { length: 12 },
      (_, line) => `1 0 0 1 40 ${280 - line * 20} Tm (Paper ${paper}, line ${line} of what it says) Tj`,
    );
    writeFileSync(join(dossier, "don.pdf"), onePagePdf({ content: `BT /F0 12 Tf ${lines.join("\n")} ET` }));
  }
  return folder;
}
