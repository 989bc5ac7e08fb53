/** Files that go with a message: pictures, documents and text inside of it, anything else into the workspace. */
import { rigger } from '../../../api/client.ts';
import type { Prompt } from '../../../api/types.ts';

export interface Attachment {
  id: number;
  file: File;
  /** How it goes: inside of the message, or as a file into the workspace. */
  as: 'image' | 'document' | 'text' | 'workspace';
  /** It fits into a message, so there is a choice. */
  fits: boolean;
}

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** A message is JSON of at most 20 MiB, and base64 makes a third more of a file. */
const MOST_INSIDE = 5_000_000;
const MOST_TEXT = 200_000;
const TEXT = /^text\/|\/(json|xml|x-yaml|yaml|toml|javascript|typescript|x-sh|sql)$/;
const TEXT_NAME =
  /\.(txt|md|json|jsonl|ya?ml|toml|csv|tsv|log|[cm]?[jt]sx?|py|go|rs|rb|java|kt|c|h|cpp|hpp|cs|php|sh|sql|css|scss|html?|xml|ini|cfg|conf|env|diff|patch)$/i;

let last = 0;
export function attach(file: File): Attachment {
  last += 1;
  const isText = TEXT.test(file.type) || TEXT_NAME.test(file.name);
  const inside = PICTURES.has(file.type)
    ? 'image'
    : file.type === 'application/pdf'
      ? 'document'
      : isText && file.size <= MOST_TEXT
        ? 'text'
        : null;
  const fits = inside !== null && file.size <= MOST_INSIDE;
  return { id: last, file, as: fits ? inside : 'workspace', fits };
}

/** Between a message and the workspace, where there is a choice. */
export function switched(attachment: Attachment): Attachment {
  if (attachment.as === 'workspace') return attach(attachment.file);
  return { ...attachment, as: 'workspace' };
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  const PIECE = 0x8000;
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary);
}

/** Uploads what goes into the workspace, and makes a prompt of the rest. @throws what the upload throws */
export async function promptWith(sessionId: string, text: string, attachments: Attachment[]): Promise<Prompt> {
  const uploads = attachments.filter(({ as }) => as === 'workspace');
  for (const { file } of uploads) await rigger.files.write(sessionId, file.name, file);
  const told =
    uploads.length === 0
      ? text
      : `${text}\n\nIn the workspace now: ${uploads.map(({ file }) => file.name).join(', ')}`.trim();
  const inside = attachments.filter(({ as }) => as !== 'workspace');
  if (inside.length === 0) return told;
  const blocks = await Promise.all(
    inside.map(async ({ file, as }) =>
      as === 'image'
        ? { type: 'image' as const, source: { type: 'base64', media_type: file.type, data: await base64(file) } }
        : as === 'document'
          ? {
              type: 'document' as const,
              title: file.name,
              source: { type: 'base64', media_type: 'application/pdf', data: await base64(file) },
            }
          : {
              type: 'document' as const,
              title: file.name,
              source: { type: 'text', media_type: 'text/plain', data: await file.text() },
            },
    ),
  );
  return told === '' ? blocks : [...blocks, { type: 'text' as const, text: told }];
}
