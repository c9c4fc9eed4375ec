from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignUp(DefaultAccountAdapter):
    """Nobody makes an account for himself: posts are given by whoever answers for them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
