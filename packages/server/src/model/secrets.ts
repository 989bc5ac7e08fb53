/** Secrets of the vault, and how a session says which of them it uses. */
import { readPattern } from '@rigger/runner/protocol';
import { z } from 'zod';

export const hostPattern = z
  .string()
  .max(300)
  .refine((text) => readPattern(text) !== null, 'a host, `*.host` or `*`, with `:port` where it is not 80 or 443');

export const secretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'letters, digits, `_` and `-`, at most 64');

/** No control characters: a value travels in headers. */
const secretValue = z
  .string()
  .min(8, 'at least 8 characters')
  .max(8_192)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\0-\x1f\x7f]+$/, 'one line, without control characters');

export const secretRequest = z
  .strictObject({
    value: secretValue.describe('Never given back.'),
    hosts: z.array(hostPattern).min(1).max(50).describe('Hosts it may be sent to; a session can only narrow this.'),
    description: z.string().max(1_000).nullish(),
  })
  .meta({ id: 'SecretRequest' });
export type SecretRequest = z.infer<typeof secretRequest>;

export const secretView = z
  .object({
    name: z.string(),
    hosts: z.array(z.string()),
    description: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Secret' });
export type SecretView = z.infer<typeof secretView>;

export const secretUse = z
  .strictObject({
    name: secretName,
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .optional()
      .describe('The variable in which the agent finds a placeholder; by default the name, with `_` for `-`.'),
    hosts: z.array(hostPattern).min(1).max(50).optional().describe('Fewer hosts than the secret allows.'),
    git: z
      .union([z.literal(true), z.string().regex(/^[\w.@-]{1,100}$/)])
      .optional()
      .describe('Git uses it as password for these hosts, with this user name or `x-access-token`.'),
  })
  .describe('A secret of the vault that this session may use.');
export type SecretUse = z.infer<typeof secretUse>;

export const envOf = ({ name, env }: Pick<SecretUse, 'name' | 'env'>): string => env ?? name.replaceAll('-', '_');
