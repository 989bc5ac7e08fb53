/** Where the embedded database tells what it does. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, data?: object) => void;
