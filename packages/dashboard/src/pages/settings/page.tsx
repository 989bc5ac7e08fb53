import { Link } from '@tanstack/react-router';
import { setTheme, THEMES, useTheme } from '../../app/theme.ts';
import { useTitle } from '../../app/title.ts';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { PageBody, Section } from '../../ui/section.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Secrets } from './secrets.tsx';
import { ServerFacts } from './server-facts.tsx';

const WORDS = { system: 'As the system', light: 'Light', dark: 'Dark' };

export function SettingsPage() {
  useTitle('Settings');
  const theme = useTheme();
  return (
    <>
      <PageHeader title="Settings" />
      <PageBody className="max-w-4xl space-y-8">
        <Section title="Theme" beside="In this browser.">
          <div className="flex">
            <Segments
              label="Theme"
              value={theme}
              options={THEMES.map((one) => [one, WORDS[one]])}
              onChange={setTheme}
            />
          </div>
        </Section>
        <Secrets />
        <Section title="Budgets">
          <div className="flex flex-wrap items-center gap-3 rounded-lg border px-4 py-3">
            <p className="min-w-0 flex-1 basis-60 text-ink-2 text-sm">
              What users and everybody may spend is set beside what was spent.
            </p>
            <Button asChild>
              <Link to="/usage" hash="budgets">
                Budgets
              </Link>
            </Button>
          </div>
        </Section>
        <ServerFacts />
      </PageBody>
    </>
  );
}
