/**
 * nftables in process, by libnftables: no program is started, and a single change takes well under a millisecond.
 * Commands run on a thread of their own, one after another, so a large transaction does not hold up anything else.
 * https://manpages.debian.org/bookworm/libnftables1/libnftables.3.en.html
 */
import { koffi } from '../lib/linux/libc.ts';
import { inNamespace } from '../lib/linux/namespaces.ts';
import type { Nft } from './contract.ts';

const NFT_CTX_DEFAULT = 0;
const NFT_CTX_OUTPUT_JSON = 1 << 4;

type Context = bigint;

interface Libnftables {
  nft_ctx_new(flags: number): Context;
  nft_ctx_free(context: Context): void;
  nft_ctx_buffer_output(context: Context): number;
  nft_ctx_buffer_error(context: Context): number;
  nft_ctx_output_set_flags(context: Context, flags: number): void;
  nft_ctx_get_output_buffer(context: Context): string;
  nft_ctx_get_error_buffer(context: Context): string;
  nft_run_cmd_from_buffer: {
    async(context: Context, text: Uint8Array, done: (err: Error | null, result: number) => void): void;
  };
}

const declarations: Record<keyof Libnftables, string> = {
  nft_ctx_new: 'void *nft_ctx_new(uint32_t flags)',
  nft_ctx_free: 'void nft_ctx_free(void *context)',
  nft_ctx_buffer_output: 'int nft_ctx_buffer_output(void *context)',
  nft_ctx_buffer_error: 'int nft_ctx_buffer_error(void *context)',
  nft_ctx_output_set_flags: 'void nft_ctx_output_set_flags(void *context, uint32_t flags)',
  nft_ctx_get_output_buffer: 'const char *nft_ctx_get_output_buffer(void *context)',
  nft_ctx_get_error_buffer: 'const char *nft_ctx_get_error_buffer(void *context)',
  nft_run_cmd_from_buffer: 'int nft_run_cmd_from_buffer(void *context, const void *text)',
};

let functions: Libnftables | undefined;

/** What is put in at once makes hundreds of megabytes of small pieces in the library: some fifty bytes for each of ours. */
const largeBytes = 1 << 18;
let mallocTrim: { async(pad: number, done: () => void): void } | undefined;

/**
 * Gives back to the system what the library freed, which the C library would keep, for each of Node's threads anew.
 * https://man7.org/linux/man-pages/man3/malloc_trim.3.html
 */
function giveBack(): void {
  mallocTrim ??= koffi().load('libc.so.6').func('int malloc_trim(size_t pad)');
  mallocTrim.async(0, () => {});
}

function libnftables(): Libnftables {
  if (functions) return functions;
  const library = koffi().load('libnftables.so.1');
  const bound = Object.fromEntries(
    Object.entries(declarations).map(([name, declaration]) => [name, library.func(declaration)]),
  );
  functions = bound as unknown as Libnftables;
  return functions;
}

/** The nftables of this network namespace, or of the one that the file `netns` holds open. */
export function kernelNft(netns?: string): Nft {
  const open = () => libnftables().nft_ctx_new(NFT_CTX_DEFAULT);
  return new KernelNft(netns === undefined ? open() : inNamespace(netns, open));
}

class KernelNft implements Nft {
  readonly #context: Context;
  /** A context takes one command at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  constructor(context: Context) {
    this.#context = context;
    libnftables().nft_ctx_buffer_output(context);
    libnftables().nft_ctx_buffer_error(context);
  }

  async run(transaction: string): Promise<void> {
    await this.#inTurn(() => this.#execute(transaction, 0));
  }

  async list(what: string): Promise<unknown> {
    return JSON.parse(await this.#inTurn(() => this.#execute(`list ${what}`, NFT_CTX_OUTPUT_JSON)));
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#isClosed) libnftables().nft_ctx_free(this.#context);
      this.#isClosed = true;
    });
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => {});
    return turn;
  }

  #execute(text: string, outputFlags: number): Promise<string> {
    if (this.#isClosed) return Promise.reject(new Error('Cannot run nft: it is closed'));
    const library = libnftables();
    library.nft_ctx_output_set_flags(this.#context, outputFlags);
    // Bytes that stay in one place while the other thread reads them.
    const bytes = Buffer.from(`${text}\0`);
    return new Promise((resolve, reject) => {
      library.nft_run_cmd_from_buffer.async(this.#context, bytes, (err, result) => {
        const output = library.nft_ctx_get_output_buffer(this.#context);
        const said = library.nft_ctx_get_error_buffer(this.#context);
        if (err) reject(err);
        else if (result !== 0) reject(new NftError(said));
        else resolve(output);
        // Until here nothing may collect them.
        bytes.fill(0, 0, 1);
        if (bytes.length > largeBytes) giveBack();
      });
    });
  }
}

/** nft refused a transaction; nothing of it was carried out. */
class NftError extends Error {
  constructor(said: string) {
    // The first failure, its line and where in it; the others mostly follow from it.
    const lines = said.trim().split('\n').slice(0, 3);
    super(`Cannot change nftables: ${lines.map((line) => line.slice(0, 500)).join('\n')}`);
  }
}
