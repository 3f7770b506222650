//! Onboarding as a browser asks for it, over a folder of its own.
