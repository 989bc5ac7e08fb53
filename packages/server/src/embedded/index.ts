export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts';
export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors.ts';
export { FolderInUse, takeDatabase, takeFolder } from './exclusive.ts';
export { visitDatabase } from './visit.ts';
