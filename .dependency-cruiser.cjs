/** One direction of dependencies. Each rule says why, for whoever meets it. */
const room = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to },
});
const server = (rooms) => `^packages/server/src/(${rooms})/`;
const runner = (rooms) => `^packages/runner/src/(${rooms})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    room(
      'model-first',
      server('model'),
      '^packages/server/src/(?!model/)',
      'The model is what everything else is said in: it knows nobody.',
    ),
    room(
      'store-knows-model',
      server('store'),
      '^packages/server/src/(?!model/|store/)',
      'The store holds SQL and no rule.',
    ),
    room(
      'sessions-know-store',
      server('sessions'),
      '^packages/server/src/(?!model/|store/|access/|sessions/)',
      'Rules do not know who calls them: HTTP, runners and time are callers alike.',
    ),
    room(
      'access-below-sessions',
      server('access'),
      '^packages/server/src/(?!model/|store/|access/)',
      'Who asks and what they may is known before what they ask for.',
    ),
    room(
      'webhooks-are-rules',
      server('webhooks'),
      '^packages/server/src/(?!model/|store/|access/|sessions/|webhooks/)',
      'What is owed to webhooks and how it is sent does not depend on who has it sent.',
    ),
    room(
      'schedules-are-rules',
      server('schedules'),
      '^packages/server/src/(?!model/|store/|access/|sessions/|schedules/)',
      'What a time brings does not depend on who saw that it came.',
    ),
    room(
      'gateway-apart',
      server('gateway'),
      server('http|runners|background|sessions'),
      'The gateway carries model calls and nothing else.',
    ),
    room(
      'http-never-touches-store',
      server('http'),
      server('store|runners|replicas|gateway|background|embedded'),
      'A route parses, calls a rule and maps what comes back. SQL is the store’s, and the rules decide.',
    ),
    room(
      'replicas-only-wake',
      server('replicas'),
      server('http|runners|gateway|background|embedded'),
      'What servers tell each other wakes rules and readers; main joins it to the runners.',
    ),
    room(
      'kubernetes-apart',
      server('model|store|sessions|http|runners|replicas|gateway|background|telemetry'),
      server('kubernetes'),
      'Where runners come from is nobody’s business but main’s: a pod’s is a runner like any other.',
    ),
    room(
      'kubernetes-calls-rules',
      server('kubernetes'),
      server('http|replicas|gateway|background|embedded|telemetry'),
      'What becomes of a session whose pod ends is for the rules of sessions to say.',
    ),
    room(
      'background-calls-rules',
      server('background'),
      server('http|runners|gateway|embedded'),
      'Time is a caller like any other.',
    ),
    room(
      'backup-knows-tables',
      server('backup'),
      '^packages/server/src/(?!backup/|store/migrate)',
      'A backup copies tables as they are; it does not know what they mean.',
    ),
    room(
      'telemetry-watches',
      server('telemetry'),
      server('http|runners|replicas|gateway|background|embedded'),
      'What is counted is what was committed; main shows it the rest.',
    ),
    room(
      'nobody-needs-telemetry',
      server('model|store|sessions|gateway|replicas|runners|background|embedded'),
      server('telemetry'),
      'Whoever is watched does not know it.',
    ),
    room(
      'embedded-apart',
      server('embedded'),
      '^packages/server/src/(?!embedded/)',
      'The embedded database is a PostgreSQL that somebody started; nothing may depend on its being ours.',
    ),
    room(
      'server-knows-only-the-protocol',
      '^packages/server/',
      '^packages/runner/src/(?!protocol/)',
      'A runner is another process, perhaps on another machine and of another version.',
    ),
    room(
      'runner-knows-no-server',
      '^packages/runner/',
      '^packages/(server|rigger|offline-model)/',
      'A runner knows its server by the protocol it holds itself.',
    ),
    room(
      'protocol-first',
      runner('protocol'),
      '^packages/runner/src/(?!protocol/)',
      'The protocol is what both sides share: it knows nobody.',
    ),
    room(
      'sandbox-apart',
      '^packages/runner/src/sandbox/(?!.*test)',
      '^packages/runner/src/(?!sandbox/|protocol/)',
      'A sandbox runs programs; what they are is not its business.',
    ),
    room(
      'snapshots-apart',
      '^packages/(runner|server)/src/snapshots/(?!.*test)',
      '^packages/(runner|server)/src/(?!snapshots/)',
      'Bytes are packed and kept without knowing whose they are.',
    ),
    room(
      'egress-apart',
      '^packages/runner/src/egress/(?!.*test)',
      '^packages/runner/src/(?!egress/|protocol/)',
      'What may be reached, and how secrets are put in, is decided without knowing who asks.',
    ),
    room(
      'resources-apart',
      '^packages/runner/src/resources/(?!.*test)',
      '^packages/runner/src/(?!resources/|protocol/)',
      'Processes and memory are measured without knowing what they are for.',
    ),
    room(
      'agents-know-sandbox',
      runner('agents'),
      runner('sessions|link'),
      'An agent is told where its history is and whom to tell; it does not know the connection.',
    ),
    room(
      'dashboard-apart',
      '^packages/dashboard/',
      '^packages/(server|runner|rigger|offline-model)/',
      'The page knows the API and nothing behind it.',
    ),
    room(
      'page-parts-apart',
      '^packages/dashboard/src/(api|format|ui|transcript)/',
      '^packages/dashboard/src/(pages|main)',
      'What pages are made of does not know them.',
    ),
    room(
      'pages-apart',
      '^packages/dashboard/src/pages/([^/]+)/',
      '^packages/dashboard/src/pages/(?!$1/)[^/]+/',
      'A page is loaded when somebody goes there: what two pages share belongs to the parts.',
    ),
    {
      name: 'commands-load-late',
      comment:
        'Every command is described whenever one runs: what one alone needs, such as the server, is imported when it does, or `rigger --version` takes a second.',
      severity: 'error',
      from: { path: '^packages/rigger/src/(commands/|program|terminal/|connect/|completion/)' },
      to: { path: '^packages/(server|runner|offline-model)/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    room(
      'offline-model-alone',
      '^packages/offline-model/',
      '^packages/(server|runner|rigger|dashboard)/',
      'The offline model is a model endpoint; it must not know what calls it.',
    ),
    room(
      'client-alone',
      '^packages/client/src/',
      '^(?!packages/client/src/)',
      'The client knows the OpenAPI document and nothing else, and runs in browsers: no Node, no package.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$|/test/|/fixtures/|/dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      conditionNames: ['import', 'node', 'types'],
      exportsFields: ['exports'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
