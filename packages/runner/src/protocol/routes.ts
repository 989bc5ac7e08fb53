/** Where a runner reaches the server, and the headers it uses there. */

/** The WebSocket that a runner dials; `Authorization: Bearer <runner token>`. */
export const RUNNER_SOCKET_PATH = '/runner/v1/connect';
/** `GET ?session=&epoch=&sdkSession=&subpath=` gives `{ entries }`: an array, or null for what was never written. */
export const TRANSCRIPT_PATH = '/runner/v1/transcript';
/** `GET ?session=&epoch=&sdkSession=` gives `{ subpaths }` of that SDK session. */
export const TRANSCRIPT_SUBPATHS_PATH = '/runner/v1/transcript/subpaths';
/** `GET ?session=&epoch=&name=` gives `{ value }` of a secret that the session names. */
export const SECRET_PATH = '/runner/v1/secret';
/**
 * Blobs of snapshots, `?session=&epoch=`: `POST` of `{ hashes }` gives `{ known }`; `PUT` and `GET` of `/<sha-256>` are their
 * bytes.
 */
export const BLOBS_PATH = '/runner/v1/blobs';
/** Model calls: `POST /gateway/v1/messages` and its like. */
export const GATEWAY_PREFIX = '/gateway';
/** Names the session whose call this is; put on by the relay beside the sandbox, never known inside it. */
export const SESSION_TOKEN_HEADER = 'x-rigger-session-token';
/** Names the agent that calls. Its process says it, so it says nothing to trust, only whose row of a session's ledger it is. */
export const SESSION_AGENT_HEADER = 'x-rigger-agent';
