import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { algorithm, integer, octets, OID, oid, sequence, tlv } from "../../../src/signing/asn1/der.ts";
import { type CertificateFacts, readCertificate } from "../../../src/signing/asn1/certificate.ts";

/** A certificate and its key, made by OpenSSL. */
export interface Holder {
  readonly name: string;
  readonly key: string;
  readonly pem: string;
  readonly der: Buffer;
  readonly x509: X509Certificate;
  readonly facts: CertificateFacts;
}

export interface Issue {
  readonly extensions: string;
  readonly subject?: string;
  /** Absent: self-signed. */
  readonly issuer?: Holder;
  readonly days?: number;
  /** Another certificate for the same key: cross-signed. */
  readonly key?: string;
  readonly digest?: string;
  /** True: 2048 bits. */
  readonly rsa?: boolean | number;
}

export const CA =
  "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";
export const SIGNER = "basicConstraints=CA:false\nkeyUsage=critical,digitalSignature,nonRepudiation\n";
export const STAMPS = `${SIGNER}extendedKeyUsage=critical,timeStamping\n`;
export const RESPONDER = `${SIGNER}extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n`;

export type SmallCa = ReturnType<typeof openSmallCa>;

/** Certificates, CRLs, OCSP answers and time stamps made in a folder of its own, without any server. */
export function openSmallCa() {
  const folder = mkdtempSync(join(tmpdir(), "sohoa-ca-"));
  const path = (name: string) => join(folder, name);
  writeFileSync(path("dn.cnf"), "[req]\ndistinguished_name=dn\nstring_mask=utf8only\nutf8=yes\n[dn]\n");
  let count = 0;

  function issue(name: string, { extensions, subject, issuer, days = 900, key, digest, rsa }: Issue): Holder {
    const keyFile = key ?? path(`${name}.key`);
    const kind =
      rsa === undefined || rsa === false
        ? ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        : ["RSA", "-pkeyopt", `rsa_keygen_bits:${rsa === true ? 2048 : rsa}`];
    if (key === undefined) openssl("genpkey", "-algorithm", ...kind, "-out", keyFile);
    const files = { csr: path(`${name}.csr`), ext: path(`${name}.ext`), pem: path(`${name}.pem`) };
    const dn = subject ?? `/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=${name}`;
    openssl(
      "req",
      "-new",
      "-config",
      path("dn.cnf"),
      "-utf8",
      "-key",
      keyFile,
      "-out",
      files.csr,
      "-subj",
      dn,
    );
    writeFileSync(files.ext, extensions);
    const by = issuer === undefined ? ["-key", keyFile] : ["-CA", issuer.pem, "-CAkey", issuer.key];
    const serial = ["-set_serial", String(0x1000 + ++count)];
    const dates = ["-days", String(days), ...(digest === undefined ? [] : [`-${digest}`])];
    openssl(
      "x509",
      "-req",
      "-in",
      files.csr,
      ...by,
      ...serial,
      ...dates,
      "-extfile",
      files.ext,
      "-out",
      files.pem,
    );
    return holder(name, keyFile, files.pem);
  }

  /** An OCSP response about `asked`; `index` says what the CA's own book holds. */
  function ocsp(asked: Holder, issuer: Holder, signer: Holder, book: Book = {}): Buffer {
    writeFileSync(path("index.txt"), bookLine(asked, book));
    writeFileSync(path("index.txt.attr"), "unique_subject = no\n");
    const out = path(`answer-${++count}.der`);
    const own = ["-index", path("index.txt"), "-CA", issuer.pem, "-rsigner", signer.pem, "-rkey", signer.key];
    const hash = book.certId === undefined ? [] : [`-${book.certId}`];
    const question = [
      "-issuer",
      issuer.pem,
      ...hash,
      "-cert",
      (book.cert ?? asked).pem,
      "-respout",
      out,
      "-noverify",
    ];
    openssl("ocsp", ...own, ...question, ...(book.more ?? ["-ndays", "2"]));
    return readFileSync(out);
  }

  /** A CRL of `issuer`; `extensions` as in openssl's configuration. */
  function crl(
    issuer: Holder,
    { revoked = [], extensions = "", more = ["-crldays", "7"] }: CrlWish = {},
  ): Buffer {
    const place = path(`crl-${++count}`);
    mkdirSync(place);
    const lines = revoked.map(({ who, reason, at }) =>
      bookLine(who, { revoked: { ...(reason ? { reason } : {}), at } }),
    );
    writeFileSync(join(place, "index.txt"), lines.join(""));
    writeFileSync(join(place, "number"), "01\n");
    const conf = `[ca]\ndefault_ca=x\n[x]\ndatabase=${place}/index.txt\ncrlnumber=${place}/number\ndefault_md=sha256\n[ext]\nauthorityKeyIdentifier=keyid\n${extensions}`;
    writeFileSync(join(place, "ca.cnf"), conf);
    const files = ["-config", join(place, "ca.cnf"), "-cert", issuer.pem, "-keyfile", issuer.key];
    openssl("ca", "-gencrl", ...files, "-crlexts", "ext", "-out", join(place, "crl.pem"), ...more);
    openssl("crl", "-in", join(place, "crl.pem"), "-outform", "DER", "-out", join(place, "crl.der"));
    return readFileSync(join(place, "crl.der"));
  }

  /** What `openssl ts` answers to a request; the token alone with `token`. */
  function stamp(
    request: Buffer,
    tsa: Holder,
    { chain = [], token = false, conf = "" }: StampWish = {},
  ): Buffer {
    const place = path(`ts-${++count}`);
    mkdirSync(place);
    writeFileSync(join(place, "serial"), "01\n");
    writeFileSync(join(place, "chain.pem"), chain.map(({ pem }) => readFileSync(pem, "utf8")).join(""));
    writeFileSync(join(place, "in.tsq"), request);
    writeFileSync(join(place, "ts.cnf"), stampSettings(place, conf));
    const files = [
      "-queryfile",
      join(place, "in.tsq"),
      "-signer",
      tsa.pem,
      "-inkey",
      tsa.key,
      "-out",
      join(place, "out"),
    ];
    const more = chain.length === 0 ? [] : ["-chain", join(place, "chain.pem")];
    openssl(
      "ts",
      "-reply",
      "-config",
      join(place, "ts.cnf"),
      ...files,
      ...more,
      ...(token ? ["-token_out"] : []),
    );
    return readFileSync(join(place, "out"));
  }

  function query(digest: Buffer, hash = "sha256", ...more: readonly string[]): Buffer {
    const out = path(`query-${++count}.tsq`);
    openssl("ts", "-query", "-digest", digest.toString("hex"), `-${hash}`, "-cert", "-out", out, ...more);
    return readFileSync(out);
  }

  /** A token that `openssl cms` signs, which asks no purpose of the certificate. */
  function cmsStamp(digest: Buffer, by: Holder): Buffer {
    const imprint = sequence(algorithm(OID.sha256), octets(digest));
    const at = tlv(0x18, Buffer.from(`20${utc(new Date())}`, "latin1"));
    const files = { info: path(`info-${++count}`), out: path(`cms-${count}`) };
    writeFileSync(files.info, sequence(integer(1), oid("1.2.3.4.1"), imprint, integer(7), at));
    const more = [
      "-cades",
      "-binary",
      "-nodetach",
      "-nosmimecap",
      "-outform",
      "DER",
      "-econtent_type",
      OID.timeStampInfo,
    ];
    openssl(
      "cms",
      "-sign",
      "-in",
      files.info,
      "-signer",
      by.pem,
      "-inkey",
      by.key,
      "-out",
      files.out,
      ...more,
    );
    return readFileSync(files.out);
  }

  return { folder, path, issue, ocsp, crl, stamp, query, cmsStamp };
}

export interface Book {
  readonly revoked?: { readonly at: Date; readonly reason?: string };
  /** The certificate asked about when it is not the one in the book. */
  readonly cert?: Holder;
  readonly certId?: string;
  readonly more?: readonly string[];
}

export interface CrlWish {
  readonly revoked?: readonly { readonly who: Holder; readonly at: Date; readonly reason?: string }[];
  readonly extensions?: string;
  readonly more?: readonly string[];
}

export interface StampWish {
  readonly chain?: readonly Holder[];
  readonly token?: boolean;
  readonly conf?: string;
}

export function openssl(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("openssl", [...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args[0] ?? ""}: ${stderr}`);
  return stdout + stderr;
}

function holder(name: string, key: string, pem: string): Holder {
  const x509 = new X509Certificate(readFileSync(pem));
  return { name, key, pem, der: x509.raw, x509, facts: readCertificate(x509.raw) };
}

function bookLine({ facts, x509 }: Holder, { revoked }: Book): string {
  const ends = utc(facts.notAfter);
  const reason = revoked?.reason === undefined ? "" : `,${revoked.reason}`;
  const [state, since] = revoked === undefined ? ["V", ""] : ["R", utc(revoked.at) + reason];
  return `${state}\t${ends}\t${since}\t${x509.serialNumber}\tunknown\t/CN=x\n`;
}

function utc(at: Date): string {
  return `${at
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/gu, "")
    .slice(2)}`;
}

function stampSettings(place: string, more: string): string {
  return [
    "[tsa]\ndefault_tsa=x\n[x]",
    `serial=${place}/serial`,
    "default_policy=1.2.3.4.1\nsigner_digest=sha256\ndigests=sha1,sha256,sha384,sha512",
    "ess_cert_id_chain=no\ness_cert_id_alg=sha256\naccuracy=secs:1,millisecs:500",
    more,
  ].join("\n");
}
