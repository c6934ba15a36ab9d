import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate authority of the day: root, issuing CA and signers with Vietnamese names, all made by OpenSSL. */
export interface TestPki {
  readonly folder: string;
  readonly root: string;
  /** Another root that signed nothing here. */
  readonly stranger: string;
}

export interface SignerFiles {
  readonly key: string;
  readonly certificate: string;
}

export type KeyKind = "P-256" | "P-384" | "RSA";

const SETTINGS = `[req]
distinguished_name=dn
string_mask=utf8only
utf8=yes
[dn]
[root]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[issuing]
basicConstraints=critical,CA:true,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[signer]
basicConstraints=CA:false
keyUsage=critical,digitalSignature,nonRepudiation
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[server]
basicConstraints=CA:false
keyUsage=critical,keyEncipherment
[stamps]
basicConstraints=CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[unlimited]
basicConstraints=CA:false
`;

export function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

export function makePki(folder: string): TestPki {
  writeFileSync(join(folder, "ca.cnf"), SETTINGS);
  for (const name of ["root", "stranger"]) {
    const path = join(folder, name);
    makeKey("P-256", `${path}.key`);
    const subject = ["-subj", `/C=VN/O=Thử nghiệm/CN=Gốc ${name}`];
    const files = ["-key", `${path}.key`, "-out", `${path}.pem`];
    openssl("req", "-x509", ...request(folder), ...files, ...subject, "-days", "3650", "-extensions", "root");
  }
  const pki = { folder, root: join(folder, "root.pem"), stranger: join(folder, "stranger.pem") };
  issue(pki, "issuing", "/C=VN/O=Thử nghiệm/CN=CA cấp phát", "P-256", "issuing", "root");
  return pki;
}

/** Key and certificate as PEM files, signed by the issuing CA. */
export function issue(
  { folder }: TestPki,
  name: string,
  subject: string,
  kind: KeyKind = "P-256",
  use = "signer",
  issuer = "issuing",
): SignerFiles {
  const path = join(folder, name);
  const by = join(folder, issuer);
  makeKey(kind, `${path}.key`);
  openssl("req", "-new", ...request(folder), "-key", `${path}.key`, "-out", `${path}.csr`, "-subj", subject);
  const files = ["-in", `${path}.csr`, "-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-out", `${path}.pem`];
  const use_ = ["-extfile", join(folder, "ca.cnf"), "-extensions", use];
  openssl("x509", "-req", ...files, ...use_, "-CAcreateserial", "-days", "900", "-sha256");
  return { key: `${path}.key`, certificate: `${path}.pem` };
}

/** A PKCS#12 file with key, certificate and both CA certificates. */
export function exportPkcs12(
  { folder, root }: TestPki,
  signer: SignerFiles,
  passphrase: string,
  ...options: readonly string[]
): string {
  const name = join(folder, `container-${Math.random().toString(36).slice(2)}.p12`);
  const own = ["-inkey", signer.key, "-in", signer.certificate, "-certfile", join(folder, "issuing.pem")];
  openssl(
    "pkcs12",
    "-export",
    ...own,
    "-CAfile",
    root,
    "-out",
    name,
    "-passout",
    `pass:${passphrase}`,
    ...options,
  );
  return name;
}

function makeKey(kind: KeyKind, path: string): void {
  const options = kind === "RSA" ? ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"] : ["EC", "-pkeyopt"];
  if (kind !== "RSA") options.push(`ec_paramgen_curve:${kind}`);
  openssl("genpkey", "-algorithm", ...options, "-out", path);
}

function request(folder: string): string[] {
  return ["-config", join(folder, "ca.cnf"), "-utf8"];
}
