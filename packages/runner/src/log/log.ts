/** The one log of a process: lines of JSON, without secrets, and errors told to Sentry where a DSN is set. */
import pino, { type DestinationStream, type Logger } from 'pino';
import { makeReporter } from './faults.ts';
import { redact } from './redact.ts';

export interface LogOptions {
  level: string;
  version: string;
  /** Where errors are told; absent: nowhere. */
  dsn?: string | undefined;
  destination?: DestinationStream;
}

const ERROR_LEVEL = 50;
const IDS = ['session', 'turn', 'runner', 'reqId'] as const;

/** @throws Error for a DSN that is none. */
export function makeLog({ level, version, dsn, destination }: LogOptions): Logger {
  const report = dsn === undefined || dsn === '' ? null : makeReporter(dsn, `rigger@${version}`);
  return pino(
    {
      level,
      hooks: {
        streamWrite: redact,
        ...(report === null
          ? {}
          : {
              logMethod(args, method, of) {
                const [about, message] = args as unknown as [unknown, string | undefined];
                if (of >= ERROR_LEVEL && typeof about === 'object' && about !== null && 'err' in about) {
                  const found = about as Record<string, unknown>;
                  const ids = IDS.flatMap((name) => (typeof found[name] === 'string' ? [[name, found[name]]] : []));
                  report({ error: found.err, message: message ?? '', about: Object.fromEntries(ids) });
                }
                return method.apply(this, args);
              },
            }),
      },
    },
    ...(destination === undefined ? [] : [destination]),
  );
}
