/** What the form does, as commands that anybody can give. Pure. */
import type { SessionCreate } from '../../api/types.ts';

interface What {
  origin: string;
  request: SessionCreate;
  prompt: string;
  files: string[];
}

const HEADER = "-H 'Content-Type: application/json'";
/** A text between single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const json = (value: unknown): string => JSON.stringify(value, null, 2);
const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export function curlOf({ origin, request, prompt, files }: What): string {
  const more = prompt !== '' || files.length > 0;
  const create = `curl -s ${origin}/api/sessions ${HEADER} -d ${quoted(json(request))}`;
  return [
    more ? `ID=$(${create} | jq -r .id)` : create,
    ...files.map(
      (path) => `curl -s -X PUT ${origin}/api/sessions/$ID/files/${encoded(path)} --data-binary @${quoted(path)}`,
    ),
    ...(prompt === '' ? [] : [`curl -s ${origin}/api/sessions/$ID/message ${HEADER} -d ${quoted(json({ prompt }))}`]),
  ].join('\n\n');
}

export function clientOf({ origin, request, prompt, files }: What): string {
  return [
    ...(files.length > 0 ? ["import { readFile } from 'node:fs/promises';"] : []),
    "import { Rigger } from '@rigger/client';",
    '',
    `const rigger = new Rigger({ baseUrl: ${JSON.stringify(origin)} });`,
    `const session = await rigger.sessions.create(${json(request)});`,
    ...files.map((path) => {
      const name = JSON.stringify(path);
      return `await rigger.files.write(session.id, ${name}, await readFile(${name}));`;
    }),
    ...(prompt === ''
      ? []
      : [
          '',
          `for await (const part of rigger.sessions.messageStream(session.id, ${JSON.stringify(prompt)}))`,
          "  if (part.type === 'message') console.log(part.data);",
        ]),
  ].join('\n');
}

export const jsonOf = ({ request }: What): string => json(request);
