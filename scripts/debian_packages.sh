#!/usr/bin/env bash
# Install the Debian packages that Python's registry does not have. Does nothing when they are all there.
# With the argument `tests` also what only the tests need and is large (chromium: about 80 MB to download, 290 MB on disk), and with
# that or `distributed` what several workers need.
#   fonts-liberation  the typeface of PDFs
#   postgresql-15     the server the tests also run on
#   dovecot-imapd     the mail server the tests read returns from
#   hunspell-en-gb    the British dictionary that comments are spelt by
#   libenchant-2-2    the library that pyenchant asks it through
#   redis-server      the queue between Airflow and its workers (only with `tests` or `distributed`)
#   chromium          the browser the tests read pages in (only with `tests`)
set -euo pipefail

missing=()
fc-list 2>/dev/null | grep -q "Liberation Sans" || ls /usr/share/fonts/truetype/liberation*/LiberationSans-Regular.ttf >/dev/null 2>&1 || missing+=(fonts-liberation)
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || missing+=(postgresql-15)
PATH="$PATH:/usr/sbin" command -v dovecot >/dev/null || missing+=(dovecot-imapd)
[ -e /usr/share/hunspell/en_GB.dic ] || missing+=(hunspell-en-gb)
compgen -G "/usr/lib/*/libenchant-2.so.2" >/dev/null || missing+=(libenchant-2-2)
[ -z "${1:-}" ] || command -v redis-server >/dev/null || missing+=(redis-server)
[ "${1:-}" != tests ] || command -v chromium >/dev/null || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian packages: ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "Not installed: ${missing[*]}. Everything runs without them, but PDFs use another typeface, spelling is not checked (every month's run is flagged for it), and tests skip PostgreSQL, IMAP, several workers and what is read in a browser."
  echo "To install them: sudo apt-get install --no-install-recommends ${missing[*]}"
fi
