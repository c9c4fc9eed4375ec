import gc
import os
import signal

# A stop that comes while all this is read ends the process: granian's worker still has the handlers of the process that
# it was forked from, which would only note it, and the one that waits for the worker would wait for ever.
for _asked in (signal.SIGINT, signal.SIGTERM):
    signal.signal(_asked, signal.SIG_DFL)

from django.core.wsgi import get_wsgi_application  # noqa: E402  # only now, as is said above
from django.urls import get_resolver  # noqa: E402  # likewise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shali.config.settings")
pages = get_wsgi_application()

from shali.testing.web.bare import with_stations  # noqa: E402  # it reads what was set up above

application = with_stations(pages)
# The pages' code is read now: else whoever comes first after a start waits for it, for seconds, in each process.
get_resolver().url_patterns  # noqa: B018  # it is read when it is first asked for
# What stands after the start stays: it is not looked through again at each collection, nor is a page's small waste
# collected while the page is made.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
