import traceback
from django.core.signals import got_request_exception
from shali.foundation.clocks import now
from tests.proof.doors import doors
from tests.proof.knock import Caller
def test_x(world, quiet):
    import sys
    got_request_exception.connect(lambda **k: print(''.join(traceback.format_exception(sys.exception())[-4:])), weak=False)
    c=Caller(world.posts["city_duty"],now())
    for p,m in (("/verification/look-backs/tasks/<str:task>/answer/","POST"),("/verification/lists/<str:pushed_list>/reply/","POST"),("/wall/evening/","GET")):
        d=next(d for d in doors() if d.pattern==p)
        print(p, c.knock(d,m,world.plots["own"].values).status)
