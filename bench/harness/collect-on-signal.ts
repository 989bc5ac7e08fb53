/** Loaded into a server before its own code: SIGUSR2 makes it collect its garbage, so that what is kept is told from what lies about. */
if (globalThis.gc !== undefined) process.on('SIGUSR2', () => globalThis.gc?.());
