/** https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/ */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Container } from '../../../api/types.ts';
import type { ContainerRecord } from '../../contract.ts';

const mostBytes = 4096;
const mostLogBytes = 2048;
const mostLogLines = 80;

/** What a container left to say: in its file, or else the end of its log when it failed and its spec wants that. */
export function terminationMessage(container: Container, record: ContainerRecord, file: string): string {
  const written = readEnd(file, mostBytes);
  if (written !== '' || record.exitCode === 0) return written;
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError') return '';
  const lines = readEnd(record.logPath, 4 * mostLogBytes).split('\n');
  // CRI format: time, stream, tag, text.
  const texts = lines
    .filter((line) => /^\S+ std(out|err) [FP] /.test(line))
    .map((l) => l.replace(/^(\S+ ){3}/, ''));
  return texts.slice(-mostLogLines).join('\n').slice(-mostLogBytes);
}

function readEnd(file: string, bytes: number): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const { size } = fstatSync(fd);
      const buffer = Buffer.alloc(Math.min(size, bytes));
      readSync(fd, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString();
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
