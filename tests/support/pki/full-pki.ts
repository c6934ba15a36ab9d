import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openssl } from "../test-pki.ts";
import { authoritySettings, NOBODY, type Use } from "./authority-settings.ts";

/** Days from today. Old enough for answers of last week to come from certificates that were valid then. */
const LONG_LIFE = [-60, 900] as const;
const DAY_MS = 86_400_000;
const OFFICE = "/C=VN/ST=Lâm Đồng/O=Ủy ban nhân dân xã Thí Điểm";
const TRUST = "/C=VN/O=Cơ quan chứng thực thử nghiệm";

interface Person {
  readonly subject: string;
  readonly key: "RSA-2048" | "RSA-3072" | "P-256" | "P-384";
  readonly use?: Use;
  /** Days from today on which the certificate begins and ends. */
  readonly days?: readonly [from: number, to: number];
  readonly issuer?: "issuing" | "stranger";
  readonly revoked?: boolean;
}

const PEOPLE = {
  rsa: { subject: `${OFFICE}/CN=Nguyễn Văn Thử/UID=CCCD:001234567890`, key: "RSA-2048" },
  rsa3072: { subject: `${OFFICE}/CN=Phạm Thị Ngọc Ưng`, key: "RSA-3072" },
  p256: { subject: `${OFFICE}/CN=Trần Thị Đường Cong`, key: "P-256" },
  p384: { subject: `${OFFICE}/CN=Lê Hữu Thuyết`, key: "P-384" },
  organization: { subject: `${OFFICE}/CN=Ủy ban nhân dân xã Thí Điểm/UID=MST:0100000000`, key: "P-256" },
  revoked: { subject: `${OFFICE}/CN=Đỗ Đã Thu Hồi`, key: "P-256", revoked: true },
  expired: { subject: `${OFFICE}/CN=Hồ Hết Hạn`, key: "P-256", days: [-400, -30] },
  future: { subject: `${OFFICE}/CN=Vũ Chưa Tới Ngày`, key: "P-256", days: [30, 400] },
  /** May encrypt, not sign. */
  server: { subject: `${OFFICE}/CN=Máy chủ xã Thí Điểm`, key: "P-256", use: "server" },
  /** Issued by a root that nobody here trusts. */
  outsider: { subject: "/C=VN/O=Nơi khác/CN=Người Lạ", key: "P-256", issuer: "stranger" },
} as const satisfies Record<string, Person>;

const MACHINES = {
  tsa: { subject: `${TRUST}/CN=Dấu thời gian thử`, key: "RSA-2048", use: "stamps" },
  "tsa-expired": {
    subject: `${TRUST}/CN=Dấu thời gian hết hạn`,
    key: "P-256",
    use: "stamps",
    days: [-400, -30],
  },
  /** Its extended key usage is not critical and not alone (RFC 3161 §2.3 forbids both). */
  "tsa-loose": { subject: `${TRUST}/CN=Dấu thời gian sai mục đích`, key: "P-256", use: "stamps-loose" },
  // RSA, so that a test can put other dates into an answer without changing its length.
  responder: { subject: `${TRUST}/CN=Trả lời OCSP thử`, key: "RSA-2048", use: "responder" },
} as const satisfies Record<string, Person>;

export type SignerName = keyof typeof PEOPLE;

/** Files of one signer; all paths absolute. */
export interface SignerFiles {
  /** PKCS#8 PEM. */
  readonly key: string;
  readonly certificate: string;
  /** PKCS#12 with the issuing CA, AES-256. */
  readonly pkcs12: string;
  /** The same as offices have them from older tools: RC2 and 3DES. */
  readonly legacy: string;
}

export interface FullPki {
  readonly folder: string;
  /** PEM files. */
  readonly root: string;
  readonly stranger: string;
  readonly issuing: string;
  readonly responder: string;
  readonly tsa: string;
  /** Passphrase of every PKCS#12 file. */
  readonly passphrase: string;
  /** Made at first use: a test pays for the keys it needs. */
  signer(name: SignerName): SignerFiles;
  /** From now on OCSP and CRL say "revoked". */
  revoke(name: SignerName): void;
  /** Writes both CRLs anew; `stale` ones ended yesterday. */
  publishCrls(options?: { readonly stale?: boolean }): void;
}

/**
 * Root, issuing CA, TSAs, OCSP responder and signers with Vietnamese names, all by OpenSSL. Certificates name `address`
 * (of `startServices`) as the source of CRLs, OCSP answers and issuers; without one, nobody answers there.
 */
export function makeFullPki(folder: string, address: string = NOBODY): FullPki {
  mkdirSync(folder, { recursive: true });
  const path = (name: string) => join(folder, name);
  writeFileSync(path("ca.cnf"), authoritySettings(folder, address));
  for (const name of ["root", "issuing", "stranger"]) writeFileSync(path(`${name}.index`), "");
  for (const name of ["root", "stranger"]) makeRoot(folder, name);
  for (const name of ["root", "issuing"]) writeFileSync(path(`${name}.crlnumber`), "01\n");
  issue(folder, "issuing", { subject: `${TRUST}/CN=CA cấp phát`, key: "P-256", use: "issuing" }, "root");
  for (const [name, machine] of Object.entries(MACHINES)) issue(folder, name, machine);
  for (const name of ["tsa", "tsa-expired"]) writeFileSync(path(`${name}.serial`), "01\n");
  for (const name of ["root", "issuing"])
    openssl("x509", "-in", path(`${name}.pem`), "-outform", "DER", "-out", path(`${name}.cer`));
  const signers = new Map<SignerName, SignerFiles>();
  const pki: FullPki = {
    folder,
    root: path("root.pem"),
    stranger: path("stranger.pem"),
    issuing: path("issuing.pem"),
    responder: path("responder.pem"),
    tsa: path("tsa.pem"),
    passphrase: "mật khẩu thử",
    signer(name) {
      const files = signers.get(name) ?? makeSigner(pki, name);
      signers.set(name, files);
      return files;
    },
    revoke(name) {
      revoke(folder, pki.signer(name).certificate);
      pki.publishCrls();
    },
    publishCrls: ({ stale = false } = {}) => publishCrls(folder, stale),
  };
  pki.publishCrls();
  return pki;
}

/** By `openssl ca`, which can date it back: what is judged as of last week needs a root of that time. */
function makeRoot(folder: string, name: string): void {
  const path = join(folder, name);
  const subject = ["-subj", `${TRUST}/CN=Gốc ${name}`];
  openssl("req", "-new", ...fromSettings(folder), ...subject, ...newKey("P-256"), ...keyAndRequest(path));
  sign(folder, name, path, ["-selfsign", "-extensions", "root-certificate"], LONG_LIFE);
}

function issue(
  folder: string,
  name: string,
  person: Person,
  issuer: string = person.issuer ?? "issuing",
): void {
  const path = join(folder, name);
  const subject = ["-subj", person.subject];
  openssl("req", "-new", ...fromSettings(folder), ...subject, ...newKey(person.key), ...keyAndRequest(path));
  sign(folder, issuer, path, ["-extensions", `use-${person.use ?? "signer"}`], person.days ?? LONG_LIFE);
}

function sign(
  folder: string,
  issuer: string,
  path: string,
  how: readonly string[],
  [from, to]: readonly [number, number],
): void {
  const dates = ["-startdate", moment(from), "-enddate", moment(to)];
  const files = ["-in", `${path}.csr`, "-out", `${path}.pem`];
  openssl(
    "ca",
    ...ca(folder, issuer),
    "-batch",
    "-notext",
    "-preserveDN",
    "-utf8",
    ...how,
    ...dates,
    ...files,
  );
}

const keyAndRequest = (path: string) => ["-keyout", `${path}.key`, "-out", `${path}.csr`];

function makeSigner(pki: FullPki, name: SignerName): SignerFiles {
  const { folder, passphrase } = pki;
  const person: Person = PEOPLE[name];
  const path = join(folder, name);
  issue(folder, name, person);
  const own = ["-inkey", `${path}.key`, "-in", `${path}.pem`, "-passout", `pass:${passphrase}`];
  const chain = person.issuer === "stranger" ? [] : ["-certfile", pki.issuing];
  const pack = (out: string, ...more: readonly string[]) =>
    openssl("pkcs12", "-export", ...own, ...chain, "-out", out, ...more);
  pack(`${path}.p12`);
  pack(`${path}-legacy.p12`, "-legacy");
  if (person.revoked === true) {
    revoke(folder, `${path}.pem`);
    pki.publishCrls();
  }
  const files = { key: `${path}.key`, certificate: `${path}.pem` };
  return { ...files, pkcs12: `${path}.p12`, legacy: `${path}-legacy.p12` };
}

function revoke(folder: string, certificate: string): void {
  openssl("ca", ...ca(folder, "issuing"), "-revoke", certificate, "-crl_reason", "keyCompromise");
}

function publishCrls(folder: string, stale: boolean): void {
  const dates = stale ? ["-crl_lastupdate", moment(-9), "-crl_nextupdate", moment(-1)] : [];
  for (const name of ["root", "issuing"]) {
    const pem = join(folder, `${name}.crl.pem`);
    openssl("ca", ...ca(folder, name), "-gencrl", ...dates, "-out", pem);
    const base64 = readFileSync(pem, "latin1").replaceAll(/-----[^-]+-----/gu, "");
    writeFileSync(join(folder, `${name}.crl`), Buffer.from(base64, "base64"));
  }
}

function newKey(kind: Person["key"]): string[] {
  const [algorithm, size] = kind.split("-");
  const which =
    algorithm === "RSA"
      ? ["rsa", "-pkeyopt", `rsa_keygen_bits:${size}`]
      : ["ec", "-pkeyopt", `ec_paramgen_curve:${kind}`];
  return ["-newkey", ...which, "-nodes"];
}

/** As `openssl ca` writes it, so many days from now. */
function moment(days: number): string {
  const iso = new Date(Date.now() + days * DAY_MS).toISOString();
  return `${iso.slice(0, 19).replaceAll(/[-:T]/gu, "")}Z`;
}

const fromSettings = (folder: string) => ["-config", join(folder, "ca.cnf"), "-utf8"];
const ca = (folder: string, name: string) => ["-config", join(folder, "ca.cnf"), "-name", name];
