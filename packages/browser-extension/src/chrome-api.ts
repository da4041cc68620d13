/** The part of the browser's extension interface that is used here (developer.chrome.com/docs/extensions/reference/api), and nothing else. */
import type { ExtensionMessage } from "./host-message.ts";

interface Event<A extends readonly unknown[]> {
  addListener(listener: (...values: A) => unknown): void;
}

export interface ProxyRequest {
  readonly requestId: number;
  readonly requestDetailsJson: string;
}

export interface ProxyAnswer {
  readonly requestId: number;
  readonly responseJson?: string;
  readonly error?: { readonly name: string; readonly message: string };
}

export interface Port {
  readonly onMessage: Event<[unknown]>;
  readonly onDisconnect: Event<[]>;
  postMessage(message: ExtensionMessage): void;
  disconnect(): void;
}

export interface ChromeApi {
  readonly webAuthenticationProxy: {
    /** Rejects, or resolves with a text, while another extension is attached. */
    attach(): Promise<string | undefined>;
    detach(): Promise<string | undefined>;
    completeCreateRequest(answer: ProxyAnswer): Promise<void>;
    completeGetRequest(answer: ProxyAnswer): Promise<void>;
    completeIsUvpaaRequest(answer: { readonly requestId: number; readonly isUvpaa: boolean }): Promise<void>;
    readonly onCreateRequest: Event<[ProxyRequest]>;
    readonly onGetRequest: Event<[ProxyRequest]>;
    readonly onIsUvpaaRequest: Event<[{ readonly requestId: number }]>;
    readonly onRequestCanceled: Event<[number]>;
  };
  readonly runtime: {
    connectNative(name: string): Port;
    readonly lastError?: { readonly message?: string };
    readonly id: string;
    sendMessage(message: unknown): Promise<unknown>;
    readonly onStartup: Event<[]>;
    readonly onInstalled: Event<[]>;
    readonly onMessage: {
      addListener(
        listener: (
          message: unknown,
          sender: { readonly id?: string; readonly tab?: unknown },
          answer: (value: unknown) => void,
        ) => boolean,
      ): void;
    };
  };
  readonly windows: {
    create(window: {
      readonly url: string;
      readonly type: "popup";
      readonly width: number;
      readonly height: number;
      readonly focused: boolean;
    }): Promise<{ readonly id?: number }>;
    remove(id: number): Promise<void>;
    readonly onRemoved: Event<[number]>;
  };
  readonly action: {
    setBadgeText(badge: { readonly text: string }): Promise<void>;
    setTitle(title: { readonly title: string }): Promise<void>;
  };
  readonly i18n: { getMessage(name: string): string };
}

export const api = (globalThis as unknown as { readonly chrome: ChromeApi }).chrome;
