// Texts of the pages about people and their ways in, apart from the others so that the first screen stays small.

export const peopleText = {
  login: {
    lead: "Paste a token of this registry. The first start of rhumb serve prints one for the bot admin.",
    code: "Or one of your recovery codes.",
    failed: {
      refused: "The identity provider knows you, but nobody here does. Ask to be invited.",
      state: "This browser has not begun that login, or too long ago. Try again.",
      provider: "The identity provider does not answer. Try again, or log in another way.",
    },
    more: "Somebody with a token makes more of them under Tokens.",
    remember: "Keep me logged in on this device",
    empty: "A token is needed to log in.",
  },
  setup: {
    lead: "This page works once. It makes the first person of this registry, who owns it, and a token for them.",
    password: "At least ten characters, to log in here with your e-mail address. It can be set later.",
    shownOnce: "This is your token. It is shown only now; keep it in a password manager.",
    spent: "This set-up address was used already, or a server has been started since. Its output shows the current one.",
  },
  tokens: {
    lead: "A bot is what a program is for this registry: a CI job, a deploy pipeline, an operator.",
    shownOnce: "This token is shown only now. Put it where the program reads ATLAS_TOKEN from.",
    revoke: "Programs that use this token are refused from now on. This cannot be undone.",
  },
  invite: {
    lead: (email: string): string => `You were invited as ${email}. This page works once.`,
    password: "At least ten characters. A few words that only you would put together are best.",
    spent: "This address was used already, or is too old. Ask whoever sent it for another one.",
  },
  members: {
    lead: "People who use this registry. Whoever is invited gets an address that works once, for seven days.",
    address: "Send this address to them. It is shown only now, works once, and lets in whoever has it.",
    reset: "Password, app, passkeys and sessions of this person end now. The new address lets them set a password again.",
    remove: "Their sessions and tokens end at once.",
    removeBot: "All of its tokens are refused from now on. This cannot be undone.",
  },
  account: {
    password: "Changing it ends your other sessions.",
    noPassword: "You have none yet: you get in with your token only.",
    hasApp: (left: number): string => `Logins ask for a code of your app. ${left} recovery codes are left.`,
    noApp: "With an app that makes one-time codes, your password alone gets nobody in.",
    proposal: "Type this key into an authenticator app, as a time-based one, and tell the first code that it shows.",
    codes: "Each of these codes gets you in once without the app. They are shown only now; keep them where your phone is not.",
    tokens: "For the command line. A token may do what you may do, and ends with your membership.",
  },
  passkeys: {
    lead: "A passkey gets you in by the fingerprint, face or PIN of your device or security key: no password, no code of an app.",
    example: "Laptop",
    noPassword: "Set a password first: it is asked for when a passkey is added or removed.",
    taken: "You have a passkey of this name. Choose another.",
    added: (name: string): string => `You can now log in with ${name}.`,
    renamed: "The passkey was renamed.",
    removed: "The passkey was removed. Your device may still offer it: delete it there, too.",
    remove: "It gets nobody in any more. You can log in with your password, or with another passkey.",
    failed: {
      cancelled: "No passkey was used. Try again, and confirm when your device asks you to.",
      known: "This device or security key holds a passkey of yours already. Use another one.",
      address: "Passkeys work at the registry's own address only. Open it there, or ask whoever runs it to set --public-url.",
      unsupported: "This browser or device has no passkeys that can be used here. Use one that has a screen lock, over https.",
    },
  },
  device: {
    lead: "rhumb login shows a code and waits here for you.",
    ask: "A program asks to use this registry as you. Let it in only if you have started it and it shows this code.",
    approved: "Done. The command line goes on by itself.",
    refused: "Refused. The command line was told.",
  },
};
