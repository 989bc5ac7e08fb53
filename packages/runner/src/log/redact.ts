/** What no line of a log may hold, whatever put it there. Pure. */

/** Keys of Rigger's and of providers, tokens of sessions and pods, secrets of webhooks, and whatever follows the word Bearer. */
const SECRETS =
  /\brgr_([0-9A-Za-z]{12})_[0-9A-Za-z]{32}\b|\bsk-ant-[\w-]{8,}|\bwhsec_[\w+/=]{8,}|\b(rgp)\.[\w.-]{16,}|\b(Bearer )[\w.~+/=-]{8,}/g;

/** A line without secrets. Of a key its id stays, by which it is found. */
export const redact = (line: string): string =>
  line.replace(SECRETS, (_, key?: string, pod?: string, bearer?: string) =>
    key !== undefined ? `rgr_${key}_…` : `${pod === undefined ? (bearer ?? '') : `${pod}.`}[redacted]`,
  );
