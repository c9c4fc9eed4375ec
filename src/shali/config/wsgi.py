import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shali.config.settings")
pages = get_wsgi_application()

from shali.testing.web.bare import with_stations  # noqa: E402  # it reads what was set up above

application = with_stations(pages)
# What stands after the start stays: it is not looked through again at each collection, nor is a page's small waste
# collected while the page is made.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
