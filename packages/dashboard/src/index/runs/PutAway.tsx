/** Archiving runs, taking them back, and deleting them, each after a question. */
import { attempt } from '../actions.ts';
import { Confirm } from '../shell/Confirm.tsx';
import { api } from '../store.ts';
import { load } from './listStore.ts';
import { runsTexts } from './texts.ts';

type PutAwayProps = {
  readonly runIds: readonly string[];
  /** Null: some of them may be. */
  readonly archived?: boolean | null;
  readonly onGone: (runIds: readonly string[]) => void;
};

const pathOf = (runId: string, action: 'label' | 'delete'): string =>
  `/api/runs/${encodeURIComponent(runId)}/${action}`;

export function PutAway({ runIds, archived = null, onGone }: PutAwayProps) {
  const t = runsTexts();
  const many = runIds.length;
  /** What is done to one is not undone when the next one fails. */
  const each = async (act: (runId: string) => Promise<unknown>): Promise<void> => {
    const done: string[] = [];
    await attempt(async () => {
      for (const runId of runIds) {
        await act(runId);
        done.push(runId);
      }
    });
    await load();
    onGone(done);
  };
  const archive = (isArchived: boolean) => () =>
    void each((runId) => api.post(pathOf(runId, 'label'), { archived: isArchived }));
  return (
    <>
      {archived === true ? null : (
        <Confirm
          label={t.archive}
          title={t.archiveTitle(many)}
          what={t.archiveWhat}
          onConfirm={archive(true)}
        />
      )}
      {archived === false ? null : (
        <button type="button" onClick={archive(false)}>
          {t.unarchive}
        </button>
      )}
      <Confirm
        danger
        label={t.delete}
        title={t.deleteTitle(many)}
        what={t.deleteWhat}
        onConfirm={() => void each((runId) => api.post(pathOf(runId, 'delete')))}
      />
    </>
  );
}
