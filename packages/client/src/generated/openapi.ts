/** Made from docs/openapi.json by `npm run generate`. */

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process lives */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                            version: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it can work: database, runner and upstream by name */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            ready: boolean;
                            database: {
                                ok: boolean;
                                detail: string;
                            };
                            runner: {
                                ok: boolean;
                                detail: string;
                            };
                            upstream: {
                                ok: boolean;
                                detail: string;
                            };
                        };
                    };
                };
                /** @description Default Response */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            ready: boolean;
                            database: {
                                ok: boolean;
                                detail: string;
                            };
                            runner: {
                                ok: boolean;
                                detail: string;
                            };
                            upstream: {
                                ok: boolean;
                                detail: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics of this server, as Prometheus reads them */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The text format of Prometheus. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the key is, and what it may */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Caller"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a browser keep a key in a cookie that no script can read */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        key: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Caller"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forget that cookie */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List keys, those that were revoked too; never the keys themselves */
        get: {
            parameters: {
                query?: {
                    /** @description For the operator: of another tenant; `*`: of all. */
                    tenant?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            keys: components["schemas"]["ApiKey"][];
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make a key; it is said in this answer and never again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description What it is for, for people. */
                        name: string;
                        /** @description `write` includes `read`, and `admin` both. */
                        scopes?: ("read" | "write" | "admin" | "runner")[];
                        /** @description Another tenant than one’s own; for the operator alone. It is made if need be. */
                        tenant?: string;
                        /**
                         * Format: date-time
                         * @description From then on it is refused.
                         */
                        expiresAt?: string;
                        limits?: components["schemas"]["CallerLimitsInput"];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewApiKey"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a key another secret; the former one is good for a while beside it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description For how long the former key is good beside the new one.
                         * @default 86400000
                         */
                        overlapMs?: number;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewApiKey"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key: it is refused at once, and what it has open ends within seconds on every server */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApiKey"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tenants, for the operator */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            tenants: components["schemas"]["Tenant"][];
                        };
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Make a tenant, or set what it may use and how long its ended sessions are kept */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description A tenant’s name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        limits?: components["schemas"]["CallerLimitsInput"];
                        retention?: components["schemas"]["TenantRetentionInput"];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Tenant"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the audit log, the newest first; as JSON, CSV or lines of JSON */
        get: {
            parameters: {
                query?: {
                    /** @description Such as `session.create`; `session.*` for all that begin so. */
                    action?: string;
                    target?: string;
                    keyId?: string;
                    actor?: string;
                    from?: string;
                    to?: string;
                    /** @description Entries older than this `n`. */
                    before?: number;
                    limit?: number;
                    format?: "json" | "csv" | "ndjson";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            entries: components["schemas"]["AuditEntry"][];
                            next: number | null;
                        } | string;
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Go through the chain of the audit log: whether any entry was altered or taken out */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            entries: number;
                            /** @description Keep it elsewhere: it proves later that nothing was cut off the end. */
                            head: string | null;
                            broken: {
                                n: number;
                                position: number;
                            } | null;
                        };
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sessions, newest first */
        get: {
            parameters: {
                query?: {
                    pattern?: components["schemas"]["SessionPatternInput"];
                    status?: components["schemas"]["SessionStatusInput"];
                    userId?: string;
                    /** @description Comma-separated; a session must have all of them. */
                    tags?: string | string[];
                    conversationId?: string;
                    /** @description The runner that holds them. */
                    runnerId?: string;
                    /** @description `true`: those whose budget is spent, and which wait for more. */
                    paused?: "true";
                    /** @description Words that must all be somewhere in id, description, tags or user, whatever their case. Pages by cursor alone; an answer looks through a bounded number of sessions, so its page may be short, or empty, while `nextCursor` leads on. */
                    q?: string;
                    page?: number;
                    pageSize?: number;
                    /** @description From `nextCursor`: pages through any number of sessions at the same cost. */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionListResponse"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Create a session */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and body: the same answer and one effect, for 7 days. Another body: 409. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionCreateRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/stats/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sums over sessions */
        get: {
            parameters: {
                query?: {
                    userId?: string;
                    tags?: string | string[];
                    /** @description Created at or after. */
                    from?: string;
                    /** @description Created before. */
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionStatsResponse"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a session */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete a session with its files */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            success: true;
                            id: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change labels, limits or status */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionUpdateRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/sessions/{id}/terminate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a session: gracefully within 5 s, then killed */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionTerminateRequestInput"] | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            session: components["schemas"]["Session"];
                            reason: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a parked session back before its next message, or continue an ended one by a new session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionResumeRequestInput"] | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a session that goes on from where this one is, or was: neither then touches the other */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionForkRequestInput"] | null;
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/rewind": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have the files be as they were at a message, a turn or a snapshot; the conversation stays, and it can be undone */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionRewindRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Rewind"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/interrupt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop the running turn and keep the session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        agent?: string;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Turns being stopped. */
                            interrupted: string[];
                            /** @description Turns that stay queued. */
                            queued: string[];
                            session: components["schemas"]["Session"];
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a message: answered when its turn ends, streamed, or at once with Prefer: respond-async */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and body: the same answer and one effect, for 7 days. Another body: 409. */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MessageRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessageResponse"];
                    };
                };
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            turn: components["schemas"]["Turn"];
                            session: components["schemas"]["Session"];
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log: a JSON page, or with Accept: text/event-stream the rest of it and then live */
        get: {
            parameters: {
                query?: {
                    /** @description The last `seq` you have; default 0. */
                    after?: number;
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            events: components["schemas"]["Event"][];
                            /** @description Give it as `after`; null at the end. */
                            next: number | null;
                            lastSeq: number;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/turns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Turns in their order: queued, running and finished */
        get: {
            parameters: {
                query?: {
                    after?: number;
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            turns: components["schemas"]["Turn"][];
                            next: number | null;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/turns/{turnId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One turn */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                    turnId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Turn"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log as a WebSocket, with messages and interrupts the other way */
        get: {
            parameters: {
                query?: {
                    /** @description The last `seq` you have. */
                    after?: number;
                };
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The connection is a WebSocket from now on: docs/API_SESSIONS.md has its frames. */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                426: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List runners: where they are connected, what they hold and use; and how many sessions wait for a place */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            runners: components["schemas"]["Runner"][];
                            queue: components["schemas"]["Queue"];
                        };
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runners/{id}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Empty a runner: nothing new is placed on it, and its sessions move as their turns end */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description false lets it be filled again.
                         * @default true
                         */
                        draining?: boolean;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was spent, by session, agent, user, key, tag, model, pattern, day or hour; as JSON or CSV */
        get: {
            parameters: {
                query?: {
                    /** @description One or several of session, agent, user, key, tag, model, pattern, day, hour, with commas between. */
                    groupBy?: string | string[];
                    /** @description The hour of this time is the first that counts. */
                    from?: string;
                    /** @description Hours that begin before this time count. */
                    to?: string;
                    sessionId?: string;
                    agent?: string;
                    userId?: string;
                    keyId?: string;
                    tag?: string;
                    model?: string;
                    pattern?: components["schemas"]["SessionPatternInput"];
                    limit?: number;
                    /** @description `csv` is also given for `Accept: text/csv`. */
                    format?: "json" | "csv";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Usage"] | string;
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/usage/latency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long model calls took, by hour or day: to the first byte and in all */
        get: {
            parameters: {
                query?: {
                    /** @description Calls that began at or after this time; by default 24 hours ago. */
                    from?: string;
                    /** @description Calls that began before this time. */
                    to?: string;
                    /** @description Those of UTC. */
                    interval?: "hour" | "day";
                    sessionId?: string;
                    userId?: string;
                    tag?: string;
                    model?: string;
                    pattern?: components["schemas"]["SessionPatternInput"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Latency"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List budgets of users, of keys and of all */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            budgets: components["schemas"]["Budget"][];
                        };
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Set what a user, a key or all may spend in a day, in a month or in all */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BudgetRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Budget"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budgets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a budget: nothing limits what it limited */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            success: true;
                            id: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List secrets, without their values */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            secrets: components["schemas"]["Secret"][];
                        };
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a secret, without its value */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Secret"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Make a secret, or give it a new value and new hosts; its value is never given back */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SecretRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Secret"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Secret"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Remove a secret: sessions that use it are let through to no host with it */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            success: true;
                            name: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the snapshots of a session, the newest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            snapshots: components["schemas"]["Snapshot"][];
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Take a snapshot of the files as they are now; with `Prefer: respond-async`, without waiting for it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Snapshot"];
                    };
                };
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/snapshots/{snapshot}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a snapshot */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    snapshot: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Snapshot"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Remove a snapshot; what other snapshots need of it stays */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    snapshot: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            success: true;
                            id: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/snapshots/{snapshot}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have the files be as they were in a snapshot, from the next message on; the conversation stays */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    snapshot: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Snapshot"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List requests for permission over all sessions, the oldest first */
        get: {
            parameters: {
                query?: {
                    /** @description `answered`: every one that is not pending, expired and withdrawn ones too. */
                    status?: "pending" | "answered" | "all";
                    /** @description `session`: what was allowed for the whole session. */
                    scope?: "once" | "session";
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PermissionList"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a session’s requests for permission, the oldest first; by default those that wait */
        get: {
            parameters: {
                query?: {
                    /** @description `answered`: every one that is not pending, expired and withdrawn ones too. */
                    status?: "pending" | "answered" | "all";
                    /** @description `session`: what was allowed for the whole session. */
                    scope?: "once" | "session";
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PermissionList"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/permissions/{permissionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a request for permission */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                    /** @description The request’s id. */
                    permissionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Permission"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Answer a request for permission: allow, deny, or answer a question; the first answer counts */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session’s id. */
                    id: string;
                    /** @description The request’s id. */
                    permissionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PermissionAnswerInput"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Permission"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhooks, the oldest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            webhooks: components["schemas"]["Webhook"][];
                        };
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make a webhook; its secret is in this answer and no other */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookCreateRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a webhook */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete a webhook with its deliveries */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            success: true;
                            id: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change a webhook, disable or enable it */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookUpdateRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/webhooks/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a webhook a new secret; for a time, deliveries are signed with both */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookRotateRequestInput"] | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send `webhook.test` at once, and once; what the endpoint says is not told */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookTest"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a webhook’s deliveries with their attempts, the newest first */
        get: {
            parameters: {
                query?: {
                    status?: "pending" | "delivered" | "failed" | "cancelled";
                    /** @description From `nextCursor`. */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description The webhook’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            deliveries: components["schemas"]["WebhookDelivery"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries/{deliveryId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a delivery once more, under the same id */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook’s id. */
                    id: string;
                    deliveryId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookDelivery"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List schedules, the oldest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            schedules: components["schemas"]["Schedule"][];
                        };
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make a schedule: a message to a session, or to a new one each time, by the clock */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ScheduleCreateRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Schedule"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a schedule */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The schedule’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Schedule"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete a schedule with its history; what it has started goes on */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The schedule’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            success: true;
                            id: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change a schedule; a new time counts from now on */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The schedule’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ScheduleUpdateRequestInput"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Schedule"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/schedules/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause a schedule */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The schedule’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Schedule"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a schedule that is paused or disabled, with the next time from now */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The schedule’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Schedule"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a schedule now, also while it is paused; after the runs that are under way */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The schedule’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ScheduleRun"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what came of a schedule’s times, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description From `nextCursor`. */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description The schedule’s id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            runs: components["schemas"]["ScheduleRun"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a folder of the workspace; or the folder as a tar, with `archive` or an `Accept` of that type */
        get: {
            parameters: {
                query?: {
                    /** @description A folder below the workspace. */
                    path?: string;
                    recursive?: "true" | "false";
                    cursor?: string;
                    limit?: number;
                    /** @description The folder as an archive, instead of a list; `Accept` asks for it too. */
                    archive?: "tar" | "tar.gz" | "tar.zst";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FileList"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Unpack an archive into the workspace: tar, tar.gz, tar.zst, by its Content-Type */
        put: {
            parameters: {
                query?: {
                    /** @description The folder to unpack into; it is made. */
                    path?: string;
                    /** @description What becomes of links that lead out of the workspace. */
                    links?: "refuse" | "skip";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Unpacked"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/files/{*}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a file of the workspace: with ETag, conditions and a range */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    "*": string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Write a file of the workspace, whole or not at all; folders above it are made */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    "*": string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WrittenFile"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WrittenFile"];
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Remove a file of the workspace; a folder with what is in it by `recursive=true` */
        delete: {
            parameters: {
                query?: {
                    recursive?: "true" | "false";
                };
                header?: never;
                path: {
                    id: string;
                    "*": string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            success: true;
                            path: string;
                        };
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        /** Read a file of the workspace: with ETag, conditions and a range */
        head: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    "*": string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description A problem */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A problem */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        CallerLimitsInput: {
            /** @description Requests of any kind. */
            requestsPerMinute?: number | null;
            /** @description Sessions created, by the key and by each of its users. */
            createsPerMinute?: number | null;
            /** @description Messages sent. */
            messagesPerMinute?: number | null;
            /** @description Sessions that have not ended, of the key and of each user. */
            activeSessions?: number | null;
            /** @description Sessions created within 24 hours, of the key and of each user. */
            sessionsPerDay?: number | null;
            /** @description Messages that one session takes in all. */
            messagesPerSession?: number | null;
            /** @description What snapshots of the key’s and of each user’s sessions may take. */
            snapshotBytes?: number | null;
        };
        TenantRetentionInput: {
            ephemeral?: number;
            "long-running"?: number;
            hybrid?: number;
            "single-container"?: number;
        };
        ApiKeyInput: {
            id: string;
            tenant: string;
            name: string;
            /** @description How the key begins. */
            prefix: string;
            scopes: ("read" | "write" | "admin" | "runner")[];
            limits: components["schemas"]["CallerLimitsInput"];
            /** Format: date-time */
            createdAt: string;
            createdBy: string | null;
            expiresAt: string | null;
            revokedAt: string | null;
            /** @description Right to the minute. */
            lastUsedAt: string | null;
            /** @description Until when the key from before its rotation is good. */
            previousUntil: string | null;
        };
        NewApiKeyInput: {
            id: string;
            tenant: string;
            name: string;
            /** @description How the key begins. */
            prefix: string;
            scopes: ("read" | "write" | "admin" | "runner")[];
            limits: components["schemas"]["CallerLimitsInput"];
            /** Format: date-time */
            createdAt: string;
            createdBy: string | null;
            expiresAt: string | null;
            revokedAt: string | null;
            /** @description Right to the minute. */
            lastUsedAt: string | null;
            /** @description Until when the key from before its rotation is good. */
            previousUntil: string | null;
            key: string;
        };
        TenantInput: {
            id: string;
            limits: components["schemas"]["CallerLimitsInput"];
            retention: components["schemas"]["TenantRetentionInput"];
            /** Format: date-time */
            createdAt: string;
        };
        CallerInput: {
            tenant: string;
            scopes: ("read" | "write" | "admin" | "runner")[];
            keyId: string | null;
            name: string;
            userId: string | null;
            /** @description Nobody is asked for a key here: the server listens to this machine only and has none. */
            open: boolean;
            /** @description Whether this is a key of the installation’s own tenant. */
            operator: boolean;
        };
        AuditEntryInput: {
            n: number;
            /** Format: date-time */
            at: string;
            actor: string;
            keyId: string | null;
            address: string | null;
            requestId: string | null;
            action: string;
            target: string | null;
            before: unknown | null;
            after: unknown | null;
            /** @description Of this entry and the one before it in the chain; null for a moment. */
            hash: string | null;
        };
        SecretRequestInput: {
            /** @description Never given back. */
            value: string;
            /** @description Hosts it may be sent to; a session can only narrow this. */
            hosts: string[];
            description?: string | null;
        };
        SecretInput: {
            name: string;
            hosts: string[];
            description: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        SessionConfigInput: {
            /** @description Passed on as given, retired names included. */
            model?: string;
            fallbackModel?: string;
            systemPrompt?: string | string[] | ({
                /** @enum {string} */
                type: "custom" | "preset";
            } & {
                [key: string]: unknown;
            });
            /** @description Caps the model round trips of one message. */
            maxTurns?: number;
            /** @description Used as the session’s budget when the session itself has none. */
            maxBudgetUsd?: number;
            /** @description Run without asking. Any other tool asks a person, and waits: GET …/permissions; it is refused where nobody can be asked. */
            allowedTools?: string[];
            /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
            disallowedTools?: string[];
            tools?: string[] | {
                /** @constant */
                type: "preset";
                /** @constant */
                preset: "claude_code";
            };
            /**
             * @description `dontAsk`: what is not allowed is refused, and nobody is asked. Default: `default`.
             * @enum {string}
             */
            permissionMode?: "default" | "acceptEdits" | "bypassPermissions" | "plan" | "dontAsk" | "auto";
            /** @description Rules for tools: what `deny` names is refused, what `ask` names is asked whatever allows it, what `allow` names runs. */
            permissions?: {
                /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                allow?: string[];
                /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                ask?: string[];
                /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                deny?: string[];
            };
            /** @description How long a request waits for a person before it is denied; 0: nobody is asked, and it is denied at once. */
            permissionTimeoutMs?: number;
            allowDangerouslySkipPermissions?: boolean;
            /** @description A path inside the sandbox at which the workspace appears; never a folder of the host. */
            workingDirectory?: string;
            /** @description What the new workspace is filled with: a folder of the server’s machine (only from those that RIGGER_SOURCE_FOLDERS names), or a git repository over https. */
            source?: {
                path: string;
            } | {
                /** @description The files of a snapshot, of whatever session. */
                snapshot: string;
            } | {
                /** Format: uri */
                git: string;
                /** @description A branch, a tag or a full commit id; by default what the repository’s HEAD is. */
                ref?: string;
                /** @description How many commits of history; all by default. */
                depth?: number;
                /** @description A secret of the vault that git gives as its password there. */
                secret?: string;
                /** @description Beside `secret`; by default `x-access-token`. */
                username?: string;
            };
            /** @description Hosts that the sandbox may reach: `host`, `*.host`, `host:port`. Those of its `mcpServers` and secrets are added. None by default. */
            network?: {
                allow: string[];
            };
            secrets?: {
                name: string;
                /** @description The variable in which the agent finds a placeholder; by default the name, with `_` for `-`. */
                env?: string;
                /** @description Fewer hosts than the secret allows. */
                hosts?: string[];
                /** @description Git uses it as password for these hosts, with this user name or `x-access-token`. */
                git?: true | string;
            }[];
            /** @description Labels that the runner of this session must have, such as `gpu`. It waits until one has them. */
            runnerLabels?: string[];
            /** @description The image to run in, where agents run in containers: one of those that the operator lists. */
            image?: string;
            /** @description Less than what the operator lets a sandbox have. */
            resources?: {
                /** @description MiB. */
                memoryMb?: number;
                cpus?: number;
                /** @description Processes and threads. */
                pids?: number;
            };
            additionalDirectories?: string[];
            env?: {
                [key: string]: string;
            };
            mcpServers?: {
                [key: string]: {
                    /** @constant */
                    type?: "stdio";
                    command: string;
                    args?: string[];
                    env?: {
                        [key: string]: string;
                    };
                    timeout?: number;
                    alwaysLoad?: boolean;
                } | {
                    /** @enum {string} */
                    type: "sse" | "http";
                    /** Format: uri */
                    url: string;
                    headers?: {
                        [key: string]: string;
                    };
                    timeout?: number;
                    alwaysLoad?: boolean;
                };
            };
            strictMcpConfig?: boolean;
            agents?: {
                [key: string]: {
                    description: string;
                    prompt: string;
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    tools?: string[];
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    disallowedTools?: string[];
                    model?: string;
                } & {
                    [key: string]: unknown;
                };
            };
            agent?: string;
            customAgents?: {
                [key: string]: {
                    systemPrompt?: string | string[] | ({
                        /** @enum {string} */
                        type: "custom" | "preset";
                    } & {
                        [key: string]: unknown;
                    });
                    prompt?: string | string[] | ({
                        /** @enum {string} */
                        type: "custom" | "preset";
                    } & {
                        [key: string]: unknown;
                    });
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    allowedTools?: string[];
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    tools?: string[];
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    disallowedTools?: string[];
                    description?: string;
                    model?: string;
                    maxTurns?: number;
                    maxBudgetUsd?: number;
                    /** @enum {string} */
                    permissionMode?: "default" | "acceptEdits" | "bypassPermissions" | "plan" | "dontAsk" | "auto";
                    workingDirectory?: string;
                } & {
                    [key: string]: unknown;
                };
            };
            hooks?: {
                [key: string]: ({
                    matcher?: string;
                    hooks: ({
                        /** @enum {string} */
                        type: "command" | "prompt";
                        command?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                })[];
            };
            settingSources?: ("user" | "project" | "local")[];
            plugins?: {
                /** @constant */
                type: "local";
                path: string;
            }[];
            skills?: string[] | "all";
            outputFormat?: {
                /** @constant */
                type: "json_schema";
                schema: {
                    [key: string]: unknown;
                };
            };
            thinking?: {
                /** @enum {string} */
                type: "adaptive" | "enabled" | "disabled";
            } & {
                [key: string]: unknown;
            };
            maxThinkingTokens?: number;
            effort?: ("low" | "medium" | "high" | "xhigh" | "max") | number;
            betas?: string[];
            taskBudget?: {
                [key: string]: unknown;
            };
            forwardSubagentText?: boolean;
            includePartialMessages?: boolean;
            /** @description Keeps the workspace as it is before every turn, whatever changes it, so that POST …/rewind leads back there. */
            enableFileCheckpointing?: boolean;
            /** @description A Rigger session id or an SDK session id. */
            resumeSessionId?: string;
            resumeAtMessageId?: string;
            forkSession?: boolean;
            /** @description Continues the newest session of the same `conversationId`, if there is one. */
            continueSession?: boolean;
            /** @description Accepted without effect: the agent runs as a native program. */
            executable?: string;
            /** @description Accepted without effect. */
            executableArgs?: string[];
        };
        WaitingInput: {
            /** @description Among those that wait for a runner with the same labels; 1 is next. */
            position: number;
            /** Format: date-time */
            since: string;
            /**
             * @description `its_runner_full`: its files are on one runner alone, and that is full. `no_runner_with_labels`: none is connected that has all of `config.runnerLabels`. `pod_starting`: Kubernetes is bringing up its pod.
             * @enum {string}
             */
            reason: "runners_full" | "its_runner_full" | "runners_short_of_memory" | "runners_draining" | "no_runner_with_labels" | "no_runner_connected" | "pod_starting";
        };
        ResourcesInput: {
            /** @description Of all its processes; a page that several processes share counts for each by its part. */
            memoryBytes: number;
            /** @description Processor time of its processes since its runner has it. */
            cpuMs: number;
            processes: number;
            /**
             * Format: date-time
             * @description When it was measured.
             */
            at: string;
        };
        /** @enum {string} */
        SessionPatternInput: "ephemeral" | "long-running" | "hybrid" | "single-container";
        /** @enum {string} */
        SessionStatusInput: "initializing" | "active" | "idle" | "completed" | "error" | "terminated";
        SessionCreateRequestInput: {
            pattern: components["schemas"]["SessionPatternInput"];
            /** @default {} */
            config?: components["schemas"]["SessionConfigInput"];
            conversationId?: number | string;
            /** @description Time without a running turn after which the session ends (hybrid: parks). */
            maxIdleTimeMs?: number;
            /** @description Time since creation after which the session ends. */
            maxLifetimeMs?: number;
            /** @description Cost at which the session ends or pauses. */
            maxBudgetUsd?: number;
            /**
             * @description What becomes of the session when its budget is spent: it ends, or waits until the budget is raised.
             * @enum {string}
             */
            onBudget?: "terminate" | "pause";
            /** @description Model round trips in all after which the session ends. */
            maxTurns?: number;
            tags?: string[];
            description?: string;
            userId?: string;
        };
        SessionUpdateRequestInput: {
            tags?: string[];
            description?: string;
            userId?: string;
            /** @description Time without a running turn after which the session ends (hybrid: parks). */
            maxIdleTimeMs?: number;
            /** @description Time since creation after which the session ends. */
            maxLifetimeMs?: number;
            /** @description Cost at which the session ends or pauses. */
            maxBudgetUsd?: number;
            /**
             * @description What becomes of the session when its budget is spent: it ends, or waits until the budget is raised.
             * @enum {string}
             */
            onBudget?: "terminate" | "pause";
            /** @description Model round trips in all after which the session ends. */
            maxTurns?: number;
            /** @description `idle` parks the session, `completed` finishes it. */
            status?: string;
        };
        SessionResumeRequestInput: {
            /** @description For a session that has ended: what the new session’s configuration changes. */
            config?: components["schemas"]["SessionConfigInput"];
        };
        SessionForkRequestInput: {
            /** @description Go on from this snapshot: its files, and the conversation as far as it had come. */
            snapshot?: string;
            /**
             * Format: uuid
             * @description Go on after this message of the conversation, with the files of the newest snapshot before it, or else of now.
             */
            atMessageId?: string;
            /** @description What the new session’s configuration changes. */
            config?: components["schemas"]["SessionConfigInput"];
            description?: string;
            tags?: string[];
        };
        SessionRewindRequestInput: {
            /**
             * Format: uuid
             * @description A message of the conversation: one of a user, before it was acted upon, or the last one of a turn.
             */
            messageId?: string;
            /** @description Before this turn. */
            turnId?: string;
            snapshot?: string;
            /**
             * @description Says what would change, and changes nothing.
             * @default false
             */
            dryRun?: boolean;
        };
        SessionTerminateRequestInput: {
            /**
             * @default user_requested
             * @enum {string}
             */
            reason?: "user_requested" | "idle_timeout" | "budget_exceeded" | "max_turns" | "error";
        };
        SessionInput: {
            id: string;
            /** @description The SDK’s session id; empty until known. */
            sessionId: string;
            pattern: components["schemas"]["SessionPatternInput"];
            status: components["schemas"]["SessionStatusInput"];
            statusReason: ("user_requested" | "idle_timeout" | "lifetime_exceeded" | "budget_exceeded" | "max_turns" | "error") | null;
            config: components["schemas"]["SessionConfigInput"];
            conversationId: (number | string) | null;
            /** Format: date-time */
            createdAt: string;
            startedAt: string | null;
            /** Format: date-time */
            lastActivityAt: string;
            completedAt: string | null;
            terminatedAt: string | null;
            /** @description USD. */
            totalCost: number;
            totalTokens: number;
            /** @description Agentic turns: model round trips as the SDK reports them. */
            numTurns: number;
            toolsUsed: string[];
            maxIdleTimeMs: number | null;
            maxLifetimeMs: number | null;
            maxBudgetUsd: number | null;
            /**
             * @description What becomes of the session when its budget is spent: it ends, or waits until the budget is raised.
             * @enum {string}
             */
            onBudget: "terminate" | "pause";
            /** @description Its budget is spent, and it waits for more. */
            paused: boolean;
            /** @description It is idle without a process: any message brings it back. */
            parked: boolean;
            maxTurns: number | null;
            tags: string[];
            description: string | null;
            userId: string | null;
            /** @description How its agents are kept apart; null until a runner has it. */
            isolation: string | null;
            lastEventSeq: number;
            /** @description Requests for permission that wait for a person: GET …/permissions. */
            pendingPermissions: number;
            /** @description Where it stands in the queue for a place on a runner; null while it does not wait for one. */
            waiting: components["schemas"]["WaitingInput"] | null;
            /** @description What its processes use; null while it has none, or until it is known. */
            resources: components["schemas"]["ResourcesInput"] | null;
            /** @description What was accepted without effect. */
            notices?: string[];
        };
        SessionListResponseInput: {
            sessions: components["schemas"]["SessionInput"][];
            /** @description Absent when paging by cursor. */
            total?: number;
            page?: number;
            pageSize: number;
            nextCursor?: string | null;
        };
        SessionStatsResponseInput: {
            totalSessions: number;
            activeSessions: number;
            idleSessions: number;
            completedSessions: number;
            errorSessions: number;
            terminatedSessions: number;
            totalCost: number;
            totalTokens: number;
            /** @description Milliseconds from creation to end, or to now. */
            avgSessionDuration: number;
            byPattern: {
                [key: string]: {
                    count: number;
                    avgCost: number;
                    avgTokens: number;
                    /** @description Milliseconds. */
                    avgDuration: number;
                };
            };
            byStatus: {
                [key: string]: number;
            };
            /** @description Those with the highest cost, at most 100. */
            byUser: {
                [key: string]: {
                    count: number;
                    totalCost: number;
                    totalTokens: number;
                };
            };
            /** @description Those with the highest cost, at most 100. */
            byTag: {
                [key: string]: {
                    count: number;
                    totalCost: number;
                    totalTokens: number;
                };
            };
        };
        ProblemInput: {
            type: string;
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @enum {string} */
            code: "session_not_found" | "turn_not_found" | "permission_not_found" | "permission_already_answered" | "runner_not_found" | "agent_not_found" | "resume_source_not_found" | "route_not_found" | "invalid_request" | "invalid_pattern" | "unknown_members" | "unsupported_option" | "invalid_status_change" | "body_not_json" | "unsupported_media_type" | "body_too_large" | "unauthorized" | "forbidden" | "request_timeout" | "rate_limited" | "caller_limit_exceeded" | "key_not_found" | "forbidden_origin" | "idempotency_key_reused" | "upgrade_required" | "session_not_active" | "session_paused" | "budget_not_found" | "secret_not_found" | "vault_not_configured" | "webhook_not_found" | "delivery_not_found" | "webhook_disabled" | "webhook_target_refused" | "too_many_webhooks" | "schedule_not_found" | "schedule_disabled" | "schedule_busy" | "too_many_schedules" | "invalid_path" | "archive_refused" | "file_not_permitted" | "file_not_found" | "not_a_file" | "not_a_folder" | "folder_not_empty" | "file_exists" | "precondition_failed" | "quota_exceeded" | "range_not_satisfiable" | "storage_full" | "files_unavailable" | "snapshot_not_found" | "rewind_inexact" | "too_many_snapshots" | "snapshot_unavailable" | "nothing_to_save" | "snapshot_damaged" | "snapshot_too_large" | "snapshots_disabled" | "source_failed" | "source_not_allowed" | "busy" | "isolation_unavailable" | "image_not_allowed" | "resources_not_allowed" | "pod_unschedulable" | "pod_image_unavailable" | "pod_not_started" | "database_unavailable" | "shutting_down" | "internal";
            /** @description The same as `title`, as existing clients read it. */
            error: string;
            detail?: string;
            /** @description How to mend it. */
            remedy: string;
            /** @description Whether trying again can help. */
            retry: boolean;
            requestId: string;
        } & {
            [key: string]: unknown;
        };
        MessageRequestInput: {
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            /** @default false */
            streaming?: boolean;
            /** @description Which agent of a single-container session; default the coordinator. */
            agent?: string;
        };
        TurnInput: {
            id: string;
            /** @enum {string} */
            status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "interrupted";
            agent: string;
            /** @description The agent that sent it, or null for a message from outside. */
            from: string | null;
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            attempt: number;
            /** Format: date-time */
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            /** @description USD. */
            cost: number;
            tokens: number;
            numTurns: number;
            response: {
                /** @constant */
                role: "assistant";
                content: string;
            } | null;
            /** @description The SDK’s result message. */
            result: {
                [key: string]: unknown;
            } | null;
            error: {
                code: string;
                message: string;
            } | null;
        };
        MessageResponseInput: {
            response: {
                /** @constant */
                role: "assistant";
                content: string;
            };
            result: {
                [key: string]: unknown;
            };
            /** @description Milliseconds. */
            latency: number;
            turn: components["schemas"]["TurnInput"];
            session: components["schemas"]["SessionInput"];
        };
        EventInput: {
            seq: number;
            type: string;
            /** Format: date-time */
            at: string;
            agent: string | null;
            turnId: string | null;
            data: {
                [key: string]: unknown;
            };
        };
        FileInput: {
            path: string;
            /**
             * @description `other` can be neither read nor written: a pipe, a device, a socket, a name that is no text.
             * @enum {string}
             */
            type: "file" | "directory" | "symlink" | "other";
            size: number | null;
            modifiedAt: string;
            etag: string | null;
            /** @description Where a symbolic link says it leads. Nobody follows it. */
            target: string | null;
        };
        FileListInput: {
            entries: components["schemas"]["FileInput"][];
            nextCursor: string | null;
        };
        UnpackedInput: {
            entries: number;
            bytes: number;
            skipped: {
                path: string;
                why: string;
            }[];
        };
        WrittenFileInput: {
            path: string;
            size: number;
            etag: string;
            created: boolean;
        };
        PermissionAnswerInput: {
            /** @constant */
            behavior: "allow";
            /**
             * @description `session`: what `rules` of the request say is not asked for again in this session.
             * @default once
             * @enum {string}
             */
            scope?: "once" | "session";
            /** @description What the tool is given in place of its `input`, whole. */
            updatedInput?: {
                [key: string]: unknown;
            };
        } | {
            /** @constant */
            behavior: "deny";
            /** @description Said to the agent. */
            message?: string;
            /**
             * @description Also stops the turn; the agent is then told that it was rejected, and not the message.
             * @default false
             */
            interrupt?: boolean;
        } | {
            /** @constant */
            behavior: "answer";
            /** @description For a question: text of the question → label of an option, or any text. */
            answers?: {
                [key: string]: string;
            };
            /** @description For an elicitation: what the MCP server’s `requestedSchema` asks for. */
            content?: {
                [key: string]: unknown;
            };
        };
        PermissionInput: {
            id: string;
            sessionId: string;
            agent: string;
            turnId: string;
            /**
             * @description `tool`: may it be used? `question`: the agent asks its user. `elicitation`: an MCP server does.
             * @enum {string}
             */
            kind: "tool" | "question" | "elicitation";
            /** @description The tool’s name; of an elicitation the MCP server’s. */
            tool: string;
            /** @description What the tool was called with; of an elicitation what the MCP server asked. */
            input: {
                [key: string]: unknown;
            };
            /** @description One line for people. */
            title: string;
            /** @description Why it is asked, as the agent’s program says it. */
            reason: string | null;
            toolUseId: string | null;
            /** @description The call that runs the subagent which asks. */
            parentToolUseId?: string | null;
            /** @enum {string} */
            status: "pending" | "allowed" | "denied" | "answered" | "expired" | "withdrawn";
            /** Format: date-time */
            requestedAt: string;
            /**
             * Format: date-time
             * @description Denied then, unless answered.
             */
            expiresAt: string;
            answeredAt: string | null;
            answeredBy: string | null;
            message: string | null;
            updatedInput?: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            scope?: "once" | "session";
            /** @description What scope `session` would allow from then on, or has allowed, as rules of the Agent SDK. */
            rules?: string[];
        };
        PermissionListInput: {
            permissions: components["schemas"]["PermissionInput"][];
        };
        RunnerInput: {
            id: string;
            /**
             * @description `disconnected`: its sessions wait for it until `leaseExpiresAt`; `lost`: they go on elsewhere.
             * @enum {string}
             */
            state: "ready" | "draining" | "disconnected" | "lost";
            version: string;
            isolation: string;
            labels: string[];
            /** @description Sessions that it may hold at once. */
            capacity: number;
            /** @description Sessions that it holds. */
            sessions: number;
            draining: boolean;
            /** @description Agents that wait for a session; sessions that took one over since it started, and those that had to start one. */
            warm: {
                spares: number;
                hits: number;
                misses: number;
            } | null;
            memory: {
                /** @description What the runner may still use, of its machine or its cgroup. */
                availableBytes: number;
                totalBytes: number;
                /** @description It is less than is to stay free: nothing is placed here, and idle sessions are parked. */
                short: boolean;
            } | null;
            /** @description What all its sessions use. */
            resources: components["schemas"]["ResourcesInput"] | null;
            /** @description The server that holds its connection. */
            serverId: string | null;
            /** Format: date-time */
            joinedAt: string;
            /** Format: date-time */
            leaseExpiresAt: string;
        };
        QueueInput: {
            /** @description Sessions that wait for a place on a runner. */
            waiting: number;
            /** @description Since when the one that has waited longest waits. */
            since: string | null;
        };
        ScheduleCreateRequestInput: {
            name: string;
            /** @description `30 8 * * mon-fri`; six fields begin with seconds; also `L`, `#` and `@daily`. */
            cron?: string;
            /**
             * @description A time zone by its IANA name, such as `Europe/Berlin`.
             * @default UTC
             */
            timezone?: string;
            /**
             * Format: date-time
             * @description One time, in place of `cron`.
             */
            at?: string;
            /** @description Whom the message goes to. */
            target: {
                /** @description A session that is there: long-running, hybrid or single-container. */
                sessionId: string;
                /** @description Which agent of a single-container session. */
                agent?: string;
            } | {
                /** @description A session that is made for each run. */
                create: components["schemas"]["SessionCreateRequestInput"];
            };
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            /**
             * @description While an earlier run is not over: `skip` leaves the time out, `queue` starts it after the earlier one.
             * @default skip
             * @enum {string}
             */
            overlap?: "skip" | "queue";
            /**
             * @description What becomes of times at which no server was there: one run for all of them, or none.
             * @default once
             * @enum {string}
             */
            onMissed?: "once" | "skip";
            /** @default false */
            paused?: boolean;
        };
        ScheduleUpdateRequestInput: {
            name?: string;
            /** @description `30 8 * * mon-fri`; six fields begin with seconds; also `L`, `#` and `@daily`. */
            cron?: string;
            /** @description A time zone by its IANA name, such as `Europe/Berlin`. */
            timezone?: string;
            /**
             * Format: date-time
             * @description One time, in place of `cron`.
             */
            at?: string;
            /** @description Whom the message goes to. */
            target?: {
                /** @description A session that is there: long-running, hybrid or single-container. */
                sessionId: string;
                /** @description Which agent of a single-container session. */
                agent?: string;
            } | {
                /** @description A session that is made for each run. */
                create: components["schemas"]["SessionCreateRequestInput"];
            };
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt?: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            /**
             * @description While an earlier run is not over: `skip` leaves the time out, `queue` starts it after the earlier one.
             * @enum {string}
             */
            overlap?: "skip" | "queue";
            /**
             * @description What becomes of times at which no server was there: one run for all of them, or none.
             * @enum {string}
             */
            onMissed?: "once" | "skip";
        };
        ScheduleInput: {
            id: string;
            name: string;
            cron: string | null;
            timezone: string;
            at: string | null;
            target: {
                [key: string]: unknown;
            };
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            /**
             * @description While an earlier run is not over: `skip` leaves the time out, `queue` starts it after the earlier one.
             * @enum {string}
             */
            overlap: "skip" | "queue";
            /**
             * @description What becomes of times at which no server was there: one run for all of them, or none.
             * @enum {string}
             */
            onMissed: "once" | "skip";
            /**
             * @description `done`: no time is left. `disabled`: see `statusReason`.
             * @enum {string}
             */
            status: "active" | "paused" | "done" | "disabled";
            statusReason: ("user_requested" | "session_ended" | "session_deleted") | null;
            /** @description The next five times, the first of them first. */
            nextTimes: string[];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        ScheduleRunInput: {
            id: string;
            scheduleId: string;
            /** Format: date-time */
            dueAt: string;
            /** @enum {string} */
            trigger: "time" | "manual";
            /**
             * @description From `succeeded` on: how its turn ended.
             * @enum {string}
             */
            status: "waiting" | "starting" | "running" | "succeeded" | "failed" | "cancelled" | "interrupted" | "skipped";
            /** @description Why it was skipped. */
            reason: ("overlap" | "queue_full" | "missed" | "schedule_disabled") | null;
            error: {
                code: string;
                message: string;
            } | null;
            sessionId: string | null;
            turnId: string | null;
            startedAt: string | null;
            finishedAt: string | null;
        };
        SnapshotInput: {
            id: string;
            sessionId: string;
            /**
             * @description `parked` and `moved` are taken by themselves, as a runner lets go of a session, `turn` before a turn, `rewound` before the files are put back; the newest few of them are kept. `forked` is what the session began with.
             * @enum {string}
             */
            reason: "on_demand" | "parked" | "moved" | "forked" | "turn" | "rewound";
            /** Format: date-time */
            createdAt: string;
            files: number;
            /** @description Of the files. */
            bytes: number;
            /** @description Of the compressed blobs that hold them, some of which other snapshots share. */
            storedBytes: number;
            /** @description Of the session when it was taken, as are the next two. */
            numTurns: number;
            totalTokens: number;
            totalCost: number;
            /** @description With `turn`: the turn before which it was taken. */
            turnId: string | null;
            /** @description The last message of the main conversation then. */
            lastMessageId: string | null;
        };
        RewindInput: {
            /** @description What the files are put back to. */
            snapshot: components["schemas"]["SnapshotInput"];
            dryRun: boolean;
            added: number;
            changed: number;
            removed: number;
            /** @description By path, at most 1000. */
            changes: {
                path: string;
                /**
                 * @description What the rewind does to it.
                 * @enum {string}
                 */
                change: "added" | "changed" | "removed";
                /** @enum {string} */
                type: "file" | "folder" | "link";
            }[];
            /** @description The snapshot of the files as they were, to go back to; null where nothing was changed. */
            undo: string | null;
        };
        UsageInput: {
            groupBy: ("session" | "agent" | "user" | "key" | "tag" | "model" | "pattern" | "day" | "hour")[];
            rows: {
                calls: number;
                inputTokens: number;
                outputTokens: number;
                cacheWrite5mTokens: number;
                cacheWrite1hTokens: number;
                cacheReadTokens: number;
                webSearches: number;
                /** @description USD. */
                cost: number;
                /** @description The part of it that the provider has not said, as of calls that broke off. */
                estimatedCost: number;
                session?: string | null;
                agent?: string | null;
                user?: string | null;
                key?: string | null;
                tag?: string | null;
                model?: string | null;
                pattern?: string | null;
                day?: string | null;
                hour?: string | null;
            }[];
            /** @description Everything that matches, each call once. */
            total: {
                calls: number;
                inputTokens: number;
                outputTokens: number;
                cacheWrite5mTokens: number;
                cacheWrite1hTokens: number;
                cacheReadTokens: number;
                webSearches: number;
                /** @description USD. */
                cost: number;
                /** @description The part of it that the provider has not said, as of calls that broke off. */
                estimatedCost: number;
            };
            /** @description There are more rows than `limit`. */
            more: boolean;
        };
        LatencyInput: {
            /** @enum {string} */
            interval: "hour" | "day";
            /** @description In order of time; none where nothing was called. */
            rows: {
                calls: number;
                /** @description From the call to the first byte of its answer; null without calls. */
                firstByteMs: {
                    p50: number;
                    p95: number;
                } | null;
                /** @description To the last byte. */
                totalMs: {
                    p50: number;
                    p95: number;
                } | null;
                /** Format: date-time */
                start: string;
            }[];
            total: {
                calls: number;
                /** @description From the call to the first byte of its answer; null without calls. */
                firstByteMs: {
                    p50: number;
                    p95: number;
                } | null;
                /** @description To the last byte. */
                totalMs: {
                    p50: number;
                    p95: number;
                } | null;
            };
        };
        BudgetRequestInput: {
            /** @constant */
            scope: "user";
            userId: string;
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
        } | {
            /** @constant */
            scope: "key";
            keyId: string;
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
        } | {
            /**
             * @description The whole tenant.
             * @constant
             */
            scope: "all";
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
        } | {
            /**
             * @description All tenants together; the operator’s.
             * @constant
             */
            scope: "installation";
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
        };
        BudgetInput: {
            id: string;
            /** @enum {string} */
            scope: "user" | "key" | "all" | "installation";
            userId?: string;
            keyId?: string;
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
            spentUsd: number;
            /** @description Held back for model calls under way. */
            reservedUsd: number;
            periodStart: string | null;
            periodEnd: string | null;
        };
        WebhookCreateRequestInput: {
            /**
             * Format: uri
             * @description Where events are posted to: https, and no address of a private network.
             */
            url: string;
            /**
             * @description The types of events that are wanted; empty: all of them.
             * @default []
             */
            events?: ("session.created" | "session.active" | "session.idle" | "session.parked" | "session.paused" | "session.completed" | "session.error" | "session.terminated" | "turn.finished" | "budget.warning" | "budget.exceeded" | "limit.exceeded" | "permission.requested" | "permission.answered" | "schedule.disabled" | "webhook.disabled")[];
            description?: string;
            /** @default true */
            enabled?: boolean;
        };
        WebhookUpdateRequestInput: {
            /**
             * Format: uri
             * @description Where events are posted to: https, and no address of a private network.
             */
            url?: string;
            /** @description The types of events that are wanted; empty: all of them. */
            events?: ("session.created" | "session.active" | "session.idle" | "session.parked" | "session.paused" | "session.completed" | "session.error" | "session.terminated" | "turn.finished" | "budget.warning" | "budget.exceeded" | "limit.exceeded" | "permission.requested" | "permission.answered" | "schedule.disabled" | "webhook.disabled")[];
            description?: string;
            /** @description False: nothing is sent, and what waited to be sent is given up. */
            enabled?: boolean;
        };
        WebhookRotateRequestInput: {
            /**
             * @description How long deliveries are signed with the former secret as well.
             * @default 86400000
             */
            overlapMs?: number;
        };
        WebhookInput: {
            id: string;
            url: string;
            events: string[];
            description: string | null;
            enabled: boolean;
            /** @description `gone`: it answered 410. `failing`: nothing was delivered for as long as is tried. */
            disabledReason: ("user_requested" | "gone" | "failing") | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            lastDeliveredAt: string | null;
            /** @description Until then, deliveries are signed with the former secret as well. */
            previousSecretUntil: string | null;
            /** @description `whsec_…`: only in the answers that made it. */
            secret?: string;
        };
        WebhookDeliveryInput: {
            id: string;
            /** @description The header `webhook-id`: the same whenever this event is sent. */
            messageId: string;
            type: string;
            sessionId: string | null;
            /**
             * @description `failed`: it was tried for as long as is tried. `cancelled`: the endpoint was disabled.
             * @enum {string}
             */
            status: "pending" | "delivered" | "failed" | "cancelled";
            /** Format: date-time */
            createdAt: string;
            nextAttemptAt: string | null;
            finishedAt: string | null;
            /** @description The oldest first. */
            attempts: {
                /** Format: date-time */
                at: string;
                /** @description What the endpoint answered with; null: nothing. */
                statusCode: number | null;
                latencyMs: number;
                /** @description Null: it was delivered. */
                error: ("http_status" | "redirect" | "timeout" | "address_not_allowed" | "name_not_resolved" | "connection_failed" | "tls_failed" | "secret_unavailable") | null;
            }[];
        };
        WebhookTestInput: {
            delivered: boolean;
            statusCode: number | null;
            latencyMs: number;
            error: ("http_status" | "redirect" | "timeout" | "address_not_allowed" | "name_not_resolved" | "connection_failed" | "tls_failed" | "secret_unavailable") | null;
        };
        CallerLimits: {
            /** @description Requests of any kind. */
            requestsPerMinute?: number | null;
            /** @description Sessions created, by the key and by each of its users. */
            createsPerMinute?: number | null;
            /** @description Messages sent. */
            messagesPerMinute?: number | null;
            /** @description Sessions that have not ended, of the key and of each user. */
            activeSessions?: number | null;
            /** @description Sessions created within 24 hours, of the key and of each user. */
            sessionsPerDay?: number | null;
            /** @description Messages that one session takes in all. */
            messagesPerSession?: number | null;
            /** @description What snapshots of the key’s and of each user’s sessions may take. */
            snapshotBytes?: number | null;
        };
        TenantRetention: {
            ephemeral?: number;
            "long-running"?: number;
            hybrid?: number;
            "single-container"?: number;
        };
        ApiKey: {
            id: string;
            tenant: string;
            name: string;
            /** @description How the key begins. */
            prefix: string;
            scopes: ("read" | "write" | "admin" | "runner")[];
            limits: components["schemas"]["CallerLimits"];
            /** Format: date-time */
            createdAt: string;
            createdBy: string | null;
            expiresAt: string | null;
            revokedAt: string | null;
            /** @description Right to the minute. */
            lastUsedAt: string | null;
            /** @description Until when the key from before its rotation is good. */
            previousUntil: string | null;
        };
        NewApiKey: {
            id: string;
            tenant: string;
            name: string;
            /** @description How the key begins. */
            prefix: string;
            scopes: ("read" | "write" | "admin" | "runner")[];
            limits: components["schemas"]["CallerLimits"];
            /** Format: date-time */
            createdAt: string;
            createdBy: string | null;
            expiresAt: string | null;
            revokedAt: string | null;
            /** @description Right to the minute. */
            lastUsedAt: string | null;
            /** @description Until when the key from before its rotation is good. */
            previousUntil: string | null;
            key: string;
        };
        Tenant: {
            id: string;
            limits: components["schemas"]["CallerLimits"];
            retention: components["schemas"]["TenantRetention"];
            /** Format: date-time */
            createdAt: string;
        };
        Caller: {
            tenant: string;
            scopes: ("read" | "write" | "admin" | "runner")[];
            keyId: string | null;
            name: string;
            userId: string | null;
            /** @description Nobody is asked for a key here: the server listens to this machine only and has none. */
            open: boolean;
            /** @description Whether this is a key of the installation’s own tenant. */
            operator: boolean;
        };
        AuditEntry: {
            n: number;
            /** Format: date-time */
            at: string;
            actor: string;
            keyId: string | null;
            address: string | null;
            requestId: string | null;
            action: string;
            target: string | null;
            before: unknown | null;
            after: unknown | null;
            /** @description Of this entry and the one before it in the chain; null for a moment. */
            hash: string | null;
        };
        SecretRequest: {
            /** @description Never given back. */
            value: string;
            /** @description Hosts it may be sent to; a session can only narrow this. */
            hosts: string[];
            description?: string | null;
        };
        Secret: {
            name: string;
            hosts: string[];
            description: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        SessionConfig: {
            /** @description Passed on as given, retired names included. */
            model?: string;
            fallbackModel?: string;
            systemPrompt?: string | string[] | ({
                /** @enum {string} */
                type: "custom" | "preset";
            } & {
                [key: string]: unknown;
            });
            /** @description Caps the model round trips of one message. */
            maxTurns?: number;
            /** @description Used as the session’s budget when the session itself has none. */
            maxBudgetUsd?: number;
            /** @description Run without asking. Any other tool asks a person, and waits: GET …/permissions; it is refused where nobody can be asked. */
            allowedTools?: string[];
            /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
            disallowedTools?: string[];
            tools?: string[] | {
                /** @constant */
                type: "preset";
                /** @constant */
                preset: "claude_code";
            };
            /**
             * @description `dontAsk`: what is not allowed is refused, and nobody is asked. Default: `default`.
             * @enum {string}
             */
            permissionMode?: "default" | "acceptEdits" | "bypassPermissions" | "plan" | "dontAsk" | "auto";
            /** @description Rules for tools: what `deny` names is refused, what `ask` names is asked whatever allows it, what `allow` names runs. */
            permissions?: {
                /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                allow?: string[];
                /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                ask?: string[];
                /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                deny?: string[];
            };
            /** @description How long a request waits for a person before it is denied; 0: nobody is asked, and it is denied at once. */
            permissionTimeoutMs?: number;
            allowDangerouslySkipPermissions?: boolean;
            /** @description A path inside the sandbox at which the workspace appears; never a folder of the host. */
            workingDirectory?: string;
            /** @description What the new workspace is filled with: a folder of the server’s machine (only from those that RIGGER_SOURCE_FOLDERS names), or a git repository over https. */
            source?: {
                path: string;
            } | {
                /** @description The files of a snapshot, of whatever session. */
                snapshot: string;
            } | {
                /** Format: uri */
                git: string;
                /** @description A branch, a tag or a full commit id; by default what the repository’s HEAD is. */
                ref?: string;
                /** @description How many commits of history; all by default. */
                depth?: number;
                /** @description A secret of the vault that git gives as its password there. */
                secret?: string;
                /** @description Beside `secret`; by default `x-access-token`. */
                username?: string;
            };
            /** @description Hosts that the sandbox may reach: `host`, `*.host`, `host:port`. Those of its `mcpServers` and secrets are added. None by default. */
            network?: {
                allow: string[];
            };
            secrets?: {
                name: string;
                /** @description The variable in which the agent finds a placeholder; by default the name, with `_` for `-`. */
                env?: string;
                /** @description Fewer hosts than the secret allows. */
                hosts?: string[];
                /** @description Git uses it as password for these hosts, with this user name or `x-access-token`. */
                git?: true | string;
            }[];
            /** @description Labels that the runner of this session must have, such as `gpu`. It waits until one has them. */
            runnerLabels?: string[];
            /** @description The image to run in, where agents run in containers: one of those that the operator lists. */
            image?: string;
            /** @description Less than what the operator lets a sandbox have. */
            resources?: {
                /** @description MiB. */
                memoryMb?: number;
                cpus?: number;
                /** @description Processes and threads. */
                pids?: number;
            };
            additionalDirectories?: string[];
            env?: {
                [key: string]: string;
            };
            mcpServers?: {
                [key: string]: {
                    /** @constant */
                    type?: "stdio";
                    command: string;
                    args?: string[];
                    env?: {
                        [key: string]: string;
                    };
                    timeout?: number;
                    alwaysLoad?: boolean;
                } | {
                    /** @enum {string} */
                    type: "sse" | "http";
                    /** Format: uri */
                    url: string;
                    headers?: {
                        [key: string]: string;
                    };
                    timeout?: number;
                    alwaysLoad?: boolean;
                };
            };
            strictMcpConfig?: boolean;
            agents?: {
                [key: string]: {
                    description: string;
                    prompt: string;
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    tools?: string[];
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    disallowedTools?: string[];
                    model?: string;
                } & {
                    [key: string]: unknown;
                };
            };
            agent?: string;
            customAgents?: {
                [key: string]: {
                    systemPrompt?: string | string[] | ({
                        /** @enum {string} */
                        type: "custom" | "preset";
                    } & {
                        [key: string]: unknown;
                    });
                    prompt?: string | string[] | ({
                        /** @enum {string} */
                        type: "custom" | "preset";
                    } & {
                        [key: string]: unknown;
                    });
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    allowedTools?: string[];
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    tools?: string[];
                    /** @description Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`. */
                    disallowedTools?: string[];
                    description?: string;
                    model?: string;
                    maxTurns?: number;
                    maxBudgetUsd?: number;
                    /** @enum {string} */
                    permissionMode?: "default" | "acceptEdits" | "bypassPermissions" | "plan" | "dontAsk" | "auto";
                    workingDirectory?: string;
                } & {
                    [key: string]: unknown;
                };
            };
            hooks?: {
                [key: string]: ({
                    matcher?: string;
                    hooks: ({
                        /** @enum {string} */
                        type: "command" | "prompt";
                        command?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                })[];
            };
            settingSources?: ("user" | "project" | "local")[];
            plugins?: {
                /** @constant */
                type: "local";
                path: string;
            }[];
            skills?: string[] | "all";
            outputFormat?: {
                /** @constant */
                type: "json_schema";
                schema: {
                    [key: string]: unknown;
                };
            };
            thinking?: {
                /** @enum {string} */
                type: "adaptive" | "enabled" | "disabled";
            } & {
                [key: string]: unknown;
            };
            maxThinkingTokens?: number;
            effort?: ("low" | "medium" | "high" | "xhigh" | "max") | number;
            betas?: string[];
            taskBudget?: {
                [key: string]: unknown;
            };
            forwardSubagentText?: boolean;
            includePartialMessages?: boolean;
            /** @description Keeps the workspace as it is before every turn, whatever changes it, so that POST …/rewind leads back there. */
            enableFileCheckpointing?: boolean;
            /** @description A Rigger session id or an SDK session id. */
            resumeSessionId?: string;
            resumeAtMessageId?: string;
            forkSession?: boolean;
            /** @description Continues the newest session of the same `conversationId`, if there is one. */
            continueSession?: boolean;
            /** @description Accepted without effect: the agent runs as a native program. */
            executable?: string;
            /** @description Accepted without effect. */
            executableArgs?: string[];
        };
        Waiting: {
            /** @description Among those that wait for a runner with the same labels; 1 is next. */
            position: number;
            /** Format: date-time */
            since: string;
            /**
             * @description `its_runner_full`: its files are on one runner alone, and that is full. `no_runner_with_labels`: none is connected that has all of `config.runnerLabels`. `pod_starting`: Kubernetes is bringing up its pod.
             * @enum {string}
             */
            reason: "runners_full" | "its_runner_full" | "runners_short_of_memory" | "runners_draining" | "no_runner_with_labels" | "no_runner_connected" | "pod_starting";
        };
        Resources: {
            /** @description Of all its processes; a page that several processes share counts for each by its part. */
            memoryBytes: number;
            /** @description Processor time of its processes since its runner has it. */
            cpuMs: number;
            processes: number;
            /**
             * Format: date-time
             * @description When it was measured.
             */
            at: string;
        };
        /** @enum {string} */
        SessionPattern: "ephemeral" | "long-running" | "hybrid" | "single-container";
        /** @enum {string} */
        SessionStatus: "initializing" | "active" | "idle" | "completed" | "error" | "terminated";
        SessionCreateRequest: {
            pattern: components["schemas"]["SessionPattern"];
            /** @default {} */
            config: components["schemas"]["SessionConfig"];
            conversationId?: number | string;
            /** @description Time without a running turn after which the session ends (hybrid: parks). */
            maxIdleTimeMs?: number;
            /** @description Time since creation after which the session ends. */
            maxLifetimeMs?: number;
            /** @description Cost at which the session ends or pauses. */
            maxBudgetUsd?: number;
            /**
             * @description What becomes of the session when its budget is spent: it ends, or waits until the budget is raised.
             * @enum {string}
             */
            onBudget?: "terminate" | "pause";
            /** @description Model round trips in all after which the session ends. */
            maxTurns?: number;
            tags?: string[];
            description?: string;
            userId?: string;
        };
        SessionUpdateRequest: {
            tags?: string[];
            description?: string;
            userId?: string;
            /** @description Time without a running turn after which the session ends (hybrid: parks). */
            maxIdleTimeMs?: number;
            /** @description Time since creation after which the session ends. */
            maxLifetimeMs?: number;
            /** @description Cost at which the session ends or pauses. */
            maxBudgetUsd?: number;
            /**
             * @description What becomes of the session when its budget is spent: it ends, or waits until the budget is raised.
             * @enum {string}
             */
            onBudget?: "terminate" | "pause";
            /** @description Model round trips in all after which the session ends. */
            maxTurns?: number;
            /** @description `idle` parks the session, `completed` finishes it. */
            status?: string;
        };
        SessionResumeRequest: {
            /** @description For a session that has ended: what the new session’s configuration changes. */
            config?: components["schemas"]["SessionConfig"];
        };
        SessionForkRequest: {
            /** @description Go on from this snapshot: its files, and the conversation as far as it had come. */
            snapshot?: string;
            /**
             * Format: uuid
             * @description Go on after this message of the conversation, with the files of the newest snapshot before it, or else of now.
             */
            atMessageId?: string;
            /** @description What the new session’s configuration changes. */
            config?: components["schemas"]["SessionConfig"];
            description?: string;
            tags?: string[];
        };
        SessionRewindRequest: {
            /**
             * Format: uuid
             * @description A message of the conversation: one of a user, before it was acted upon, or the last one of a turn.
             */
            messageId?: string;
            /** @description Before this turn. */
            turnId?: string;
            snapshot?: string;
            /**
             * @description Says what would change, and changes nothing.
             * @default false
             */
            dryRun: boolean;
        };
        SessionTerminateRequest: {
            /**
             * @default user_requested
             * @enum {string}
             */
            reason: "user_requested" | "idle_timeout" | "budget_exceeded" | "max_turns" | "error";
        };
        Session: {
            id: string;
            /** @description The SDK’s session id; empty until known. */
            sessionId: string;
            pattern: components["schemas"]["SessionPattern"];
            status: components["schemas"]["SessionStatus"];
            statusReason: ("user_requested" | "idle_timeout" | "lifetime_exceeded" | "budget_exceeded" | "max_turns" | "error") | null;
            config: components["schemas"]["SessionConfig"];
            conversationId: (number | string) | null;
            /** Format: date-time */
            createdAt: string;
            startedAt: string | null;
            /** Format: date-time */
            lastActivityAt: string;
            completedAt: string | null;
            terminatedAt: string | null;
            /** @description USD. */
            totalCost: number;
            totalTokens: number;
            /** @description Agentic turns: model round trips as the SDK reports them. */
            numTurns: number;
            toolsUsed: string[];
            maxIdleTimeMs: number | null;
            maxLifetimeMs: number | null;
            maxBudgetUsd: number | null;
            /**
             * @description What becomes of the session when its budget is spent: it ends, or waits until the budget is raised.
             * @enum {string}
             */
            onBudget: "terminate" | "pause";
            /** @description Its budget is spent, and it waits for more. */
            paused: boolean;
            /** @description It is idle without a process: any message brings it back. */
            parked: boolean;
            maxTurns: number | null;
            tags: string[];
            description: string | null;
            userId: string | null;
            /** @description How its agents are kept apart; null until a runner has it. */
            isolation: string | null;
            lastEventSeq: number;
            /** @description Requests for permission that wait for a person: GET …/permissions. */
            pendingPermissions: number;
            /** @description Where it stands in the queue for a place on a runner; null while it does not wait for one. */
            waiting: components["schemas"]["Waiting"] | null;
            /** @description What its processes use; null while it has none, or until it is known. */
            resources: components["schemas"]["Resources"] | null;
            /** @description What was accepted without effect. */
            notices?: string[];
        };
        SessionListResponse: {
            sessions: components["schemas"]["Session"][];
            /** @description Absent when paging by cursor. */
            total?: number;
            page?: number;
            pageSize: number;
            nextCursor?: string | null;
        };
        SessionStatsResponse: {
            totalSessions: number;
            activeSessions: number;
            idleSessions: number;
            completedSessions: number;
            errorSessions: number;
            terminatedSessions: number;
            totalCost: number;
            totalTokens: number;
            /** @description Milliseconds from creation to end, or to now. */
            avgSessionDuration: number;
            byPattern: {
                [key: string]: {
                    count: number;
                    avgCost: number;
                    avgTokens: number;
                    /** @description Milliseconds. */
                    avgDuration: number;
                };
            };
            byStatus: {
                [key: string]: number;
            };
            /** @description Those with the highest cost, at most 100. */
            byUser: {
                [key: string]: {
                    count: number;
                    totalCost: number;
                    totalTokens: number;
                };
            };
            /** @description Those with the highest cost, at most 100. */
            byTag: {
                [key: string]: {
                    count: number;
                    totalCost: number;
                    totalTokens: number;
                };
            };
        };
        Problem: {
            type: string;
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @enum {string} */
            code: "session_not_found" | "turn_not_found" | "permission_not_found" | "permission_already_answered" | "runner_not_found" | "agent_not_found" | "resume_source_not_found" | "route_not_found" | "invalid_request" | "invalid_pattern" | "unknown_members" | "unsupported_option" | "invalid_status_change" | "body_not_json" | "unsupported_media_type" | "body_too_large" | "unauthorized" | "forbidden" | "request_timeout" | "rate_limited" | "caller_limit_exceeded" | "key_not_found" | "forbidden_origin" | "idempotency_key_reused" | "upgrade_required" | "session_not_active" | "session_paused" | "budget_not_found" | "secret_not_found" | "vault_not_configured" | "webhook_not_found" | "delivery_not_found" | "webhook_disabled" | "webhook_target_refused" | "too_many_webhooks" | "schedule_not_found" | "schedule_disabled" | "schedule_busy" | "too_many_schedules" | "invalid_path" | "archive_refused" | "file_not_permitted" | "file_not_found" | "not_a_file" | "not_a_folder" | "folder_not_empty" | "file_exists" | "precondition_failed" | "quota_exceeded" | "range_not_satisfiable" | "storage_full" | "files_unavailable" | "snapshot_not_found" | "rewind_inexact" | "too_many_snapshots" | "snapshot_unavailable" | "nothing_to_save" | "snapshot_damaged" | "snapshot_too_large" | "snapshots_disabled" | "source_failed" | "source_not_allowed" | "busy" | "isolation_unavailable" | "image_not_allowed" | "resources_not_allowed" | "pod_unschedulable" | "pod_image_unavailable" | "pod_not_started" | "database_unavailable" | "shutting_down" | "internal";
            /** @description The same as `title`, as existing clients read it. */
            error: string;
            detail?: string;
            /** @description How to mend it. */
            remedy: string;
            /** @description Whether trying again can help. */
            retry: boolean;
            requestId: string;
        } & {
            [key: string]: unknown;
        };
        MessageRequest: {
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            /** @default false */
            streaming: boolean;
            /** @description Which agent of a single-container session; default the coordinator. */
            agent?: string;
        };
        Turn: {
            id: string;
            /** @enum {string} */
            status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "interrupted";
            agent: string;
            /** @description The agent that sent it, or null for a message from outside. */
            from: string | null;
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            attempt: number;
            /** Format: date-time */
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            /** @description USD. */
            cost: number;
            tokens: number;
            numTurns: number;
            response: {
                /** @constant */
                role: "assistant";
                content: string;
            } | null;
            /** @description The SDK’s result message. */
            result: {
                [key: string]: unknown;
            } | null;
            error: {
                code: string;
                message: string;
            } | null;
        };
        MessageResponse: {
            response: {
                /** @constant */
                role: "assistant";
                content: string;
            };
            result: {
                [key: string]: unknown;
            };
            /** @description Milliseconds. */
            latency: number;
            turn: components["schemas"]["Turn"];
            session: components["schemas"]["Session"];
        };
        Event: {
            seq: number;
            type: string;
            /** Format: date-time */
            at: string;
            agent: string | null;
            turnId: string | null;
            data: {
                [key: string]: unknown;
            };
        };
        File: {
            path: string;
            /**
             * @description `other` can be neither read nor written: a pipe, a device, a socket, a name that is no text.
             * @enum {string}
             */
            type: "file" | "directory" | "symlink" | "other";
            size: number | null;
            modifiedAt: string;
            etag: string | null;
            /** @description Where a symbolic link says it leads. Nobody follows it. */
            target: string | null;
        };
        FileList: {
            entries: components["schemas"]["File"][];
            nextCursor: string | null;
        };
        Unpacked: {
            entries: number;
            bytes: number;
            skipped: {
                path: string;
                why: string;
            }[];
        };
        WrittenFile: {
            path: string;
            size: number;
            etag: string;
            created: boolean;
        };
        PermissionAnswer: {
            /** @constant */
            behavior: "allow";
            /**
             * @description `session`: what `rules` of the request say is not asked for again in this session.
             * @default once
             * @enum {string}
             */
            scope: "once" | "session";
            /** @description What the tool is given in place of its `input`, whole. */
            updatedInput?: {
                [key: string]: unknown;
            };
        } | {
            /** @constant */
            behavior: "deny";
            /** @description Said to the agent. */
            message?: string;
            /**
             * @description Also stops the turn; the agent is then told that it was rejected, and not the message.
             * @default false
             */
            interrupt: boolean;
        } | {
            /** @constant */
            behavior: "answer";
            /** @description For a question: text of the question → label of an option, or any text. */
            answers?: {
                [key: string]: string;
            };
            /** @description For an elicitation: what the MCP server’s `requestedSchema` asks for. */
            content?: {
                [key: string]: unknown;
            };
        };
        Permission: {
            id: string;
            sessionId: string;
            agent: string;
            turnId: string;
            /**
             * @description `tool`: may it be used? `question`: the agent asks its user. `elicitation`: an MCP server does.
             * @enum {string}
             */
            kind: "tool" | "question" | "elicitation";
            /** @description The tool’s name; of an elicitation the MCP server’s. */
            tool: string;
            /** @description What the tool was called with; of an elicitation what the MCP server asked. */
            input: {
                [key: string]: unknown;
            };
            /** @description One line for people. */
            title: string;
            /** @description Why it is asked, as the agent’s program says it. */
            reason: string | null;
            toolUseId: string | null;
            /** @description The call that runs the subagent which asks. */
            parentToolUseId?: string | null;
            /** @enum {string} */
            status: "pending" | "allowed" | "denied" | "answered" | "expired" | "withdrawn";
            /** Format: date-time */
            requestedAt: string;
            /**
             * Format: date-time
             * @description Denied then, unless answered.
             */
            expiresAt: string;
            answeredAt: string | null;
            answeredBy: string | null;
            message: string | null;
            updatedInput?: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            scope?: "once" | "session";
            /** @description What scope `session` would allow from then on, or has allowed, as rules of the Agent SDK. */
            rules?: string[];
        };
        PermissionList: {
            permissions: components["schemas"]["Permission"][];
        };
        Runner: {
            id: string;
            /**
             * @description `disconnected`: its sessions wait for it until `leaseExpiresAt`; `lost`: they go on elsewhere.
             * @enum {string}
             */
            state: "ready" | "draining" | "disconnected" | "lost";
            version: string;
            isolation: string;
            labels: string[];
            /** @description Sessions that it may hold at once. */
            capacity: number;
            /** @description Sessions that it holds. */
            sessions: number;
            draining: boolean;
            /** @description Agents that wait for a session; sessions that took one over since it started, and those that had to start one. */
            warm: {
                spares: number;
                hits: number;
                misses: number;
            } | null;
            memory: {
                /** @description What the runner may still use, of its machine or its cgroup. */
                availableBytes: number;
                totalBytes: number;
                /** @description It is less than is to stay free: nothing is placed here, and idle sessions are parked. */
                short: boolean;
            } | null;
            /** @description What all its sessions use. */
            resources: components["schemas"]["Resources"] | null;
            /** @description The server that holds its connection. */
            serverId: string | null;
            /** Format: date-time */
            joinedAt: string;
            /** Format: date-time */
            leaseExpiresAt: string;
        };
        Queue: {
            /** @description Sessions that wait for a place on a runner. */
            waiting: number;
            /** @description Since when the one that has waited longest waits. */
            since: string | null;
        };
        ScheduleCreateRequest: {
            name: string;
            /** @description `30 8 * * mon-fri`; six fields begin with seconds; also `L`, `#` and `@daily`. */
            cron?: string;
            /**
             * @description A time zone by its IANA name, such as `Europe/Berlin`.
             * @default UTC
             */
            timezone: string;
            /**
             * Format: date-time
             * @description One time, in place of `cron`.
             */
            at?: string;
            /** @description Whom the message goes to. */
            target: {
                /** @description A session that is there: long-running, hybrid or single-container. */
                sessionId: string;
                /** @description Which agent of a single-container session. */
                agent?: string;
            } | {
                /** @description A session that is made for each run. */
                create: components["schemas"]["SessionCreateRequest"];
            };
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            /**
             * @description While an earlier run is not over: `skip` leaves the time out, `queue` starts it after the earlier one.
             * @default skip
             * @enum {string}
             */
            overlap: "skip" | "queue";
            /**
             * @description What becomes of times at which no server was there: one run for all of them, or none.
             * @default once
             * @enum {string}
             */
            onMissed: "once" | "skip";
            /** @default false */
            paused: boolean;
        };
        ScheduleUpdateRequest: {
            name?: string;
            /** @description `30 8 * * mon-fri`; six fields begin with seconds; also `L`, `#` and `@daily`. */
            cron?: string;
            /** @description A time zone by its IANA name, such as `Europe/Berlin`. */
            timezone?: string;
            /**
             * Format: date-time
             * @description One time, in place of `cron`.
             */
            at?: string;
            /** @description Whom the message goes to. */
            target?: {
                /** @description A session that is there: long-running, hybrid or single-container. */
                sessionId: string;
                /** @description Which agent of a single-container session. */
                agent?: string;
            } | {
                /** @description A session that is made for each run. */
                create: components["schemas"]["SessionCreateRequest"];
            };
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt?: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            /**
             * @description While an earlier run is not over: `skip` leaves the time out, `queue` starts it after the earlier one.
             * @enum {string}
             */
            overlap?: "skip" | "queue";
            /**
             * @description What becomes of times at which no server was there: one run for all of them, or none.
             * @enum {string}
             */
            onMissed?: "once" | "skip";
        };
        Schedule: {
            id: string;
            name: string;
            cron: string | null;
            timezone: string;
            at: string | null;
            target: {
                [key: string]: unknown;
            };
            /** @description Text, or content blocks of the Messages API: text, image, document. */
            prompt: string | (({
                /** @constant */
                type: "text";
                text: string;
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "image" | "document";
                source: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }))[];
            /**
             * @description While an earlier run is not over: `skip` leaves the time out, `queue` starts it after the earlier one.
             * @enum {string}
             */
            overlap: "skip" | "queue";
            /**
             * @description What becomes of times at which no server was there: one run for all of them, or none.
             * @enum {string}
             */
            onMissed: "once" | "skip";
            /**
             * @description `done`: no time is left. `disabled`: see `statusReason`.
             * @enum {string}
             */
            status: "active" | "paused" | "done" | "disabled";
            statusReason: ("user_requested" | "session_ended" | "session_deleted") | null;
            /** @description The next five times, the first of them first. */
            nextTimes: string[];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        ScheduleRun: {
            id: string;
            scheduleId: string;
            /** Format: date-time */
            dueAt: string;
            /** @enum {string} */
            trigger: "time" | "manual";
            /**
             * @description From `succeeded` on: how its turn ended.
             * @enum {string}
             */
            status: "waiting" | "starting" | "running" | "succeeded" | "failed" | "cancelled" | "interrupted" | "skipped";
            /** @description Why it was skipped. */
            reason: ("overlap" | "queue_full" | "missed" | "schedule_disabled") | null;
            error: {
                code: string;
                message: string;
            } | null;
            sessionId: string | null;
            turnId: string | null;
            startedAt: string | null;
            finishedAt: string | null;
        };
        Snapshot: {
            id: string;
            sessionId: string;
            /**
             * @description `parked` and `moved` are taken by themselves, as a runner lets go of a session, `turn` before a turn, `rewound` before the files are put back; the newest few of them are kept. `forked` is what the session began with.
             * @enum {string}
             */
            reason: "on_demand" | "parked" | "moved" | "forked" | "turn" | "rewound";
            /** Format: date-time */
            createdAt: string;
            files: number;
            /** @description Of the files. */
            bytes: number;
            /** @description Of the compressed blobs that hold them, some of which other snapshots share. */
            storedBytes: number;
            /** @description Of the session when it was taken, as are the next two. */
            numTurns: number;
            totalTokens: number;
            totalCost: number;
            /** @description With `turn`: the turn before which it was taken. */
            turnId: string | null;
            /** @description The last message of the main conversation then. */
            lastMessageId: string | null;
        };
        Rewind: {
            /** @description What the files are put back to. */
            snapshot: components["schemas"]["Snapshot"];
            dryRun: boolean;
            added: number;
            changed: number;
            removed: number;
            /** @description By path, at most 1000. */
            changes: {
                path: string;
                /**
                 * @description What the rewind does to it.
                 * @enum {string}
                 */
                change: "added" | "changed" | "removed";
                /** @enum {string} */
                type: "file" | "folder" | "link";
            }[];
            /** @description The snapshot of the files as they were, to go back to; null where nothing was changed. */
            undo: string | null;
        };
        Usage: {
            groupBy: ("session" | "agent" | "user" | "key" | "tag" | "model" | "pattern" | "day" | "hour")[];
            rows: {
                calls: number;
                inputTokens: number;
                outputTokens: number;
                cacheWrite5mTokens: number;
                cacheWrite1hTokens: number;
                cacheReadTokens: number;
                webSearches: number;
                /** @description USD. */
                cost: number;
                /** @description The part of it that the provider has not said, as of calls that broke off. */
                estimatedCost: number;
                session?: string | null;
                agent?: string | null;
                user?: string | null;
                key?: string | null;
                tag?: string | null;
                model?: string | null;
                pattern?: string | null;
                day?: string | null;
                hour?: string | null;
            }[];
            /** @description Everything that matches, each call once. */
            total: {
                calls: number;
                inputTokens: number;
                outputTokens: number;
                cacheWrite5mTokens: number;
                cacheWrite1hTokens: number;
                cacheReadTokens: number;
                webSearches: number;
                /** @description USD. */
                cost: number;
                /** @description The part of it that the provider has not said, as of calls that broke off. */
                estimatedCost: number;
            };
            /** @description There are more rows than `limit`. */
            more: boolean;
        };
        Latency: {
            /** @enum {string} */
            interval: "hour" | "day";
            /** @description In order of time; none where nothing was called. */
            rows: {
                calls: number;
                /** @description From the call to the first byte of its answer; null without calls. */
                firstByteMs: {
                    p50: number;
                    p95: number;
                } | null;
                /** @description To the last byte. */
                totalMs: {
                    p50: number;
                    p95: number;
                } | null;
                /** Format: date-time */
                start: string;
            }[];
            total: {
                calls: number;
                /** @description From the call to the first byte of its answer; null without calls. */
                firstByteMs: {
                    p50: number;
                    p95: number;
                } | null;
                /** @description To the last byte. */
                totalMs: {
                    p50: number;
                    p95: number;
                } | null;
            };
        };
        BudgetRequest: {
            /** @constant */
            scope: "user";
            userId: string;
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
        } | {
            /** @constant */
            scope: "key";
            keyId: string;
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
        } | {
            /**
             * @description The whole tenant.
             * @constant
             */
            scope: "all";
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
        } | {
            /**
             * @description All tenants together; the operator’s.
             * @constant
             */
            scope: "installation";
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
        };
        Budget: {
            id: string;
            /** @enum {string} */
            scope: "user" | "key" | "all" | "installation";
            userId?: string;
            keyId?: string;
            /**
             * @description Days and months are those of UTC.
             * @enum {string}
             */
            period: "day" | "month" | "total";
            limitUsd: number;
            spentUsd: number;
            /** @description Held back for model calls under way. */
            reservedUsd: number;
            periodStart: string | null;
            periodEnd: string | null;
        };
        WebhookCreateRequest: {
            /**
             * Format: uri
             * @description Where events are posted to: https, and no address of a private network.
             */
            url: string;
            /**
             * @description The types of events that are wanted; empty: all of them.
             * @default []
             */
            events: ("session.created" | "session.active" | "session.idle" | "session.parked" | "session.paused" | "session.completed" | "session.error" | "session.terminated" | "turn.finished" | "budget.warning" | "budget.exceeded" | "limit.exceeded" | "permission.requested" | "permission.answered" | "schedule.disabled" | "webhook.disabled")[];
            description?: string;
            /** @default true */
            enabled: boolean;
        };
        WebhookUpdateRequest: {
            /**
             * Format: uri
             * @description Where events are posted to: https, and no address of a private network.
             */
            url?: string;
            /** @description The types of events that are wanted; empty: all of them. */
            events?: ("session.created" | "session.active" | "session.idle" | "session.parked" | "session.paused" | "session.completed" | "session.error" | "session.terminated" | "turn.finished" | "budget.warning" | "budget.exceeded" | "limit.exceeded" | "permission.requested" | "permission.answered" | "schedule.disabled" | "webhook.disabled")[];
            description?: string;
            /** @description False: nothing is sent, and what waited to be sent is given up. */
            enabled?: boolean;
        };
        WebhookRotateRequest: {
            /**
             * @description How long deliveries are signed with the former secret as well.
             * @default 86400000
             */
            overlapMs: number;
        };
        Webhook: {
            id: string;
            url: string;
            events: string[];
            description: string | null;
            enabled: boolean;
            /** @description `gone`: it answered 410. `failing`: nothing was delivered for as long as is tried. */
            disabledReason: ("user_requested" | "gone" | "failing") | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            lastDeliveredAt: string | null;
            /** @description Until then, deliveries are signed with the former secret as well. */
            previousSecretUntil: string | null;
            /** @description `whsec_…`: only in the answers that made it. */
            secret?: string;
        };
        WebhookDelivery: {
            id: string;
            /** @description The header `webhook-id`: the same whenever this event is sent. */
            messageId: string;
            type: string;
            sessionId: string | null;
            /**
             * @description `failed`: it was tried for as long as is tried. `cancelled`: the endpoint was disabled.
             * @enum {string}
             */
            status: "pending" | "delivered" | "failed" | "cancelled";
            /** Format: date-time */
            createdAt: string;
            nextAttemptAt: string | null;
            finishedAt: string | null;
            /** @description The oldest first. */
            attempts: {
                /** Format: date-time */
                at: string;
                /** @description What the endpoint answered with; null: nothing. */
                statusCode: number | null;
                latencyMs: number;
                /** @description Null: it was delivered. */
                error: ("http_status" | "redirect" | "timeout" | "address_not_allowed" | "name_not_resolved" | "connection_failed" | "tls_failed" | "secret_unavailable") | null;
            }[];
        };
        WebhookTest: {
            delivered: boolean;
            statusCode: number | null;
            latencyMs: number;
            error: ("http_status" | "redirect" | "timeout" | "address_not_allowed" | "name_not_resolved" | "connection_failed" | "tls_failed" | "secret_unavailable") | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
