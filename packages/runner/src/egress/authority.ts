/**
 * A certificate authority for one sandbox: where a secret has to be put into an encrypted request, the proxy speaks for the host,
 * with a certificate that only this sandbox trusts. Its key is made anew with the sandbox and never written down.
 */
import { createHash, randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import * as asn1 from 'asn1js';
import ipaddr from 'ipaddr.js';
import * as pki from 'pkijs';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SUBJECT_ALT_NAME = '2.5.29.17';
const SUBJECT_KEY = '2.5.29.14';
const AUTHORITY_KEY = '2.5.29.35';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const DNS_NAME = 2;
const IP_ADDRESS = 7;
const LIFETIME_MS = 30 * 86_400_000;
/** Clocks of containers and of this machine are the same, those of tests need not be. */
const BACKDATED_MS = 86_400_000;
/** Renewed long before a certificate ends. */
const KEPT_MS = LIFETIME_MS / 2;

const engine = new pki.CryptoEngine({ crypto: globalThis.crypto, subtle: globalThis.crypto.subtle, name: 'node' });

export interface Authority {
  /** Its own certificate, PEM: what the sandbox is to trust. */
  certificate: string;
  /** What a TLS server that speaks for `host` shows. */
  contextFor(host: string): Promise<SecureContext>;
}

export async function makeAuthority(name: string): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const point = await crypto.subtle.exportKey('raw', keys.publicKey);
  // Strict verifiers, Python's among them, want a certificate to name the key that it was signed with.
  const keyIdentifier = new asn1.OctetString({
    valueHex: Uint8Array.from(createHash('sha1').update(Buffer.from(point)).digest()).buffer,
  });
  const own = await issue({
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    signWith: keys.privateKey,
    extensions: [
      extension(BASIC_CONSTRAINTS, true, new pki.BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema()),
      extension(SUBJECT_KEY, false, keyIdentifier),
      extension(KEY_USAGE, true, new asn1.BitString({ valueHex: new Uint8Array([0x06]).buffer, unusedBits: 1 })),
    ],
  });
  const contexts = new Map<string, { context: Promise<SecureContext>; until: number }>();

  async function make(host: string): Promise<SecureContext> {
    const leaf = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const address = isIP(host) === 0 ? null : Uint8Array.from(ipaddr.parse(host).toByteArray());
    const alternative =
      address === null
        ? new pki.GeneralName({ type: DNS_NAME, value: host })
        : new pki.GeneralName({ type: IP_ADDRESS, value: new asn1.OctetString({ valueHex: address.buffer }) });
    const certificate = await issue({
      subject: host.slice(0, 64),
      issuer: name,
      publicKey: leaf.publicKey,
      signWith: keys.privateKey,
      extensions: [
        extension(AUTHORITY_KEY, false, new pki.AuthorityKeyIdentifier({ keyIdentifier }).toSchema()),
        extension(EXTENDED_KEY_USAGE, false, new pki.ExtKeyUsage({ keyPurposes: [SERVER_AUTH] }).toSchema()),
        extension(SUBJECT_ALT_NAME, false, new pki.GeneralNames({ names: [alternative] }).toSchema()),
      ],
    });
    const key = pem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', leaf.privateKey));
    return createSecureContext({ cert: certificate, key });
  }

  return {
    certificate: own,
    contextFor(host) {
      const known = contexts.get(host);
      if (known !== undefined && known.until > Date.now()) return known.context;
      const context = make(host);
      contexts.set(host, { context, until: Date.now() + KEPT_MS });
      return context;
    },
  };
}

const pem = (label: string, der: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

function extension(extnID: string, critical: boolean, value: asn1.BaseBlock): pki.Extension {
  return new pki.Extension({ extnID, critical, extnValue: value.toBER(false) });
}

interface Issue {
  subject: string;
  issuer: string;
  publicKey: webcrypto.CryptoKey;
  signWith: webcrypto.CryptoKey;
  extensions: pki.Extension[];
}

async function issue({ subject, issuer, publicKey, signWith, extensions }: Issue): Promise<string> {
  const certificate = new pki.Certificate();
  const named = (value: string) =>
    new pki.AttributeTypeAndValue({ type: COMMON_NAME, value: new asn1.Utf8String({ value }) });
  certificate.version = 2;
  // Positive, and of its full length.
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  certificate.serialNumber = new asn1.Integer({ valueHex: Uint8Array.from(serial).buffer });
  certificate.subject.typesAndValues.push(named(subject));
  certificate.issuer.typesAndValues.push(named(issuer));
  certificate.notBefore.value = new Date(Date.now() - BACKDATED_MS);
  certificate.notAfter.value = new Date(Date.now() + LIFETIME_MS);
  certificate.extensions = extensions;
  await certificate.subjectPublicKeyInfo.importKey(publicKey, engine);
  await certificate.sign(signWith, 'SHA-256', engine);
  return pem('CERTIFICATE', certificate.toSchema(true).toBER(false));
}
