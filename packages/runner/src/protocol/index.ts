export * from './messages.ts';
export * from './routes.ts';
