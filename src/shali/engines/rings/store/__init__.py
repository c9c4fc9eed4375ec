from shali.engines.rings.store.batches import Batch
from shali.engines.rings.store.state import CannotStore
from shali.engines.rings.store.store import Store, Taken

__all__ = ["Batch", "CannotStore", "Store", "Taken"]
