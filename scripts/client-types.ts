import openapiTs, { astToString } from 'openapi-typescript';

const HEAD = '/** Made from docs/openapi.json by `npm run generate`. */\n\n';

/**
 * The types of the client, as the text of a module, of an OpenAPI document. A member with a default is optional in what
 * is sent: the server puts it in.
 */
export async function clientTypes(document: object): Promise<string> {
  const nodes = await openapiTs(JSON.stringify(document), { defaultNonNullable: false, alphabetize: false });
  return HEAD + astToString(nodes);
}
