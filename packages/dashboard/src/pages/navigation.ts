import {
  CalendarClock,
  ChartColumn,
  House,
  KeyRound,
  List,
  Plus,
  ScrollText,
  Server,
  Settings,
  Webhook,
} from 'lucide-react';
import type { NavEntry } from '../app/navigation.ts';

/** The pages of the sidebar, in its order. A page that does not exist is not in it. */
export const navigation: NavEntry[] = [
  { to: '/', title: 'Overview', icon: House, keys: 'g o', words: ['home'] },
  { to: '/sessions', title: 'Sessions', icon: List, keys: 'g s', words: ['list'] },
  { to: '/new', title: 'New session', icon: Plus, keys: 'c', words: ['create'] },
  {
    to: '/schedules',
    title: 'Schedules',
    icon: CalendarClock,
    keys: 'g t',
    words: ['cron', 'timer', 'clock', 'recurring'],
  },
  { to: '/usage', title: 'Usage', icon: ChartColumn, keys: 'g u', words: ['cost', 'budget', 'statistics', 'money'] },
  { to: '/runners', title: 'Runners', icon: Server, keys: 'g r', words: ['drain', 'capacity'] },
  {
    to: '/webhooks',
    title: 'Webhooks',
    icon: Webhook,
    keys: 'g w',
    words: ['deliveries', 'endpoints', 'events', 'notify'],
  },
  {
    to: '/keys',
    title: 'Keys',
    icon: KeyRound,
    keys: 'g k',
    words: ['api', 'access', 'scopes', 'tenants', 'sign out'],
  },
  { to: '/audit', title: 'Audit', icon: ScrollText, keys: 'g a', words: ['log', 'who', 'changes'] },
  { to: '/settings', title: 'Settings', icon: Settings, keys: 'g ,', words: ['secrets', 'vault', 'theme', 'version'] },
];
