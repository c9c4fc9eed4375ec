from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """No letter goes out that would set a password anew: the page says whom to ask for a one-time link."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class AddPasskeyForm(AddWebAuthnForm):
    """A key that signs in by itself, unless somebody wants it beside a link only."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the device")
        self.fields["passwordless"].label = _("Signs in by itself, without a link or a password")
        self.fields["passwordless"].help_text = _("The device then asks for a finger, a face or its PIN.")
        self.fields["passwordless"].initial = True
