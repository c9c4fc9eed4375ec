"""Staff of sampling points and communities, who stands where on which shift, and who is called up for one.

What must never be: one person on two shifts at once, or without his rest between them; more accepted than were wanted.
"""

from shali.staffing.models.calls import Call, CallUp
from shali.staffing.models.staff import Shift, Training, Worker

__all__ = ["Call", "CallUp", "Shift", "Training", "Worker"]
