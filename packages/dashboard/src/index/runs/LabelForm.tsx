/** Name, tags and notes of a run, edited in place. */
import type { RunSummary } from '@shoal/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { api } from '../store.ts';
import { frameTexts } from '../texts.ts';
import { load } from './listStore.ts';
import { runsTexts } from './texts.ts';

type LabelFormProps = {
  readonly run: Pick<RunSummary, 'runId' | 'name' | 'preset' | 'tags' | 'notes'>;
  readonly onDone: () => void;
};

export function LabelForm({ run, onDone }: LabelFormProps) {
  const t = runsTexts();
  const [name, setName] = useState(run.name === run.preset ? '' : run.name);
  const [tags, setTags] = useState(run.tags.join(', '));
  const [notes, setNotes] = useState(run.notes);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const label = { name, tags: tags.split(/[,，]/).map((tag) => tag.trim()), notes };
    if (!(await attempt(() => api.post(`/api/runs/${encodeURIComponent(run.runId)}/label`, label)))) return;
    await load();
    onDone();
  };
  return (
    <form
      class="label-form"
      aria-label={t.on(t.edit, run.runId)}
      onSubmit={(event) => void save(event)}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onDone();
      }}
    >
      <label class="field">
        <span>{t.name}</span>
        <input
          ref={first}
          type="text"
          maxLength={200}
          value={name}
          placeholder={run.preset}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{t.tagsField}</span>
        <input type="text" value={tags} onInput={({ currentTarget }) => setTags(currentTarget.value)} />
      </label>
      <label class="field wide">
        <span>{t.notes}</span>
        <textarea
          rows={3}
          maxLength={10_000}
          value={notes}
          onInput={({ currentTarget }) => setNotes(currentTarget.value)}
        />
      </label>
      <div class="buttons">
        <button type="submit" class="primary">
          {t.save}
        </button>
        <button type="button" onClick={onDone}>
          {frameTexts().cancel}
        </button>
      </div>
    </form>
  );
}
