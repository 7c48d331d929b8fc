/** The certificate and key that the coordinator serves with, read and held against each other before anyone connects. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { reasonOf } from '@shoal/core';
import { UserError } from '../errors.ts';
import { decodeText } from '../files/textFile.ts';

/** PEM texts, the certificate with whatever chain follows it in its file. */
export type TlsIdentity = { readonly cert: string; readonly key: string };

/** @throws UserError naming the file that cannot be read, is not PEM, or does not belong to the other */
export async function readTlsFiles(certFile: string, keyFile: string): Promise<TlsIdentity> {
  const cert = await readText('certificate', certFile);
  const key = await readText('key', keyFile);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch (error) {
    throw unusable('certificate', certFile, error);
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(key);
  } catch (error) {
    throw unusable('key', keyFile, error);
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new UserError(
      `The key in ${keyFile} does not belong to the certificate in ${certFile}. Give --tls-cert and --tls-key files that were made together.`,
    );
  }
  return { cert, key };
}

async function readText(what: string, file: string): Promise<string> {
  try {
    return decodeText(await readFile(file), `the file of the ${what}`);
  } catch (error) {
    throw unusable(what, file, error);
  }
}

function unusable(what: string, file: string, error: unknown): UserError {
  const text = reasonOf(error);
  return new UserError(
    `The TLS ${what} ${file} cannot be used (${text}). Give --tls-cert and --tls-key unencrypted PEM files.`,
  );
}
