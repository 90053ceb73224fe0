// X.509, in a module of its own that is loaded when a key pair is made: nothing else needs it.
import 'reflect-metadata';

export { X509CertificateGenerator } from '@peculiar/x509';
